package dev.coord.raft.internal.ratis;

import dev.coord.time.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.protocol.RaftGroupId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory in which Ratis keeps its log, its term and its vote; and what Ratis leaves undone there. */
final class LogFiles {
    private static final Logger LOG = LoggerFactory.getLogger(LogFiles.class);
    private static final String COPY = "coord-copy.tmp";
    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    private final Path directory;
    private final Path storage;
    private @Nullable Ballot told;
    private volatile boolean closed;

    LogFiles(Path directory, RaftGroupId group) {
        this.directory = directory;
        storage = directory.resolve(group.getUuid().toString());
    }

    private Path current() {
        return storage.resolve("current");
    }

    /**
     * Writes the open segment anew, before Ratis reads it and takes all of it for durable. It may not be: a process that was
     * killed had not synced its last entries, and what a sync failed to write the kernel shows for as long as it runs, takes for
     * written, and never writes.
     */
    void renewOpenSegment() throws IOException {
        Path copy = current().resolve(COPY);
        Files.deleteIfExists(copy);
        for (Path segment : named("log_inprogress_")) {
            Files.copy(segment, copy);
            Disk.forceFile(copy);
            Disk.move(copy, segment);
        }
    }

    /** Deletes the whole log, the latest entries first: whenever this ends, what is left has no gap. */
    void drop() throws IOException {
        List<Path> segments = new ArrayList<>(named("log_"));
        segments.sort(Comparator.comparingLong(LogFiles::firstEntry).reversed());
        for (Path segment : segments) {
            Files.delete(segment);
            Disk.forceDirectory(current());
        }
    }

    /** Of {@code log_inprogress_7}, and of {@code log_7-9}. */
    private static long firstEntry(Path segment) {
        Matcher number = NUMBER.matcher(segment.getFileName().toString());
        return number.find() ? Long.parseLong(number.group()) : Long.MAX_VALUE;
    }

    private List<Path> named(String prefix) throws IOException {
        return Disk.list(current()).stream()
                .filter(path -> path.getFileName().toString().startsWith(prefix))
                .toList();
    }

    /**
     * Makes a vote durable that Ratis has recorded, before anybody is told of it. A candidate asks several peers at once, and threads
     * may come here late: a later term's vote stays.
     */
    synchronized void voted(long term, String candidate) throws IOException {
        if (closed) {
            throw new IOException("Raft is closing on this peer");
        }
        if (told == null || told.term() < term) {
            Ballot vote = new Ballot(term, candidate);
            vote.write(ballot());
            told = vote;
        }
    }

    /**
     * Makes durable which term this peer is in, before it tells the term's leader that it has anything of it: as if it had voted for
     * that leader, which it cannot have done for another that leads.
     */
    void follows(long term, String leader) throws IOException {
        voted(term, leader);
    }

    /** From now on no vote is told. Does not wait: a vote may hang in a write, which the successor {@linkplain Ballot#sweep undoes}. */
    void close() {
        closed = true;
    }

    private Path ballot() {
        return storage.resolve("coord-vote");
    }

    /** Sees to it that Ratis finds the last vote that anybody was told of. */
    synchronized void recallVote() throws IOException {
        Ballot.sweep(storage);
        Ballot.sweep(current());
        Path ratis = current().resolve("raft-meta");
        Ballot last = Ballot.read(ballot());
        if (last != null && Files.exists(ratis) && last.repair(ratis)) {
            LOG.warn("{} did not hold the last vote, {}, and was repaired", ratis, last);
        }
        told = last;
    }

    /** What makes the names of segments durable, for the thread that writes the log. */
    SegmentNames segmentNames(Ticker ticker) {
        return new SegmentNames(storage, current(), ticker, Disk::forceDirectory);
    }

    /** Makes the directories themselves durable, which Ratis may just have created. */
    void forceDirectories() throws IOException {
        Disk.forceDirectory(current());
        Disk.forceDirectory(storage);
        Disk.forceDirectory(directory);
    }
}
