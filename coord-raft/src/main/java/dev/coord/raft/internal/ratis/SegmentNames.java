package dev.coord.raft.internal.ratis;

import dev.coord.time.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes the names of the log's files durable before what is in them counts as had. Ratis syncs files alone, and POSIX promises of a
 * file whose directory was not synced that its contents are on the disk, not that they can be found. Which changes of the directory there
 * were is told by the time of the last one, and a look at that is all that it costs while there are none.
 *
 * <p>Used by the thread that writes the log only.
 */
final class SegmentNames {
    /** The clock of a file system may stand still for some 10 ms: so long two changes may look like one. */
    private static final long SAME_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** Of one that keeps seconds, or two. */
    private static final long COARSE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Path storage;
    private final Path directory;
    private final Ticker ticker;
    private final Force force;
    private @Nullable FileTime lastChange;
    private long seenSince;
    private boolean durable;

    /** Syncs a directory. */
    interface Force {
        void force(Path directory) throws IOException;
    }

    /**
     * For the log in a directory below the storage, which is forced first: a snapshot that replaces entries is there by the time
     * that their files are gone.
     */
    SegmentNames(Path storage, Path directory, Ticker ticker, Force force) {
        this.storage = storage;
        this.directory = directory;
        this.ticker = ticker;
        this.force = force;
    }

    /** Returns when all names that were there when it was called are durable. */
    void makeDurable() throws IOException {
        FileTime change = Files.getLastModifiedTime(directory);
        if (!change.equals(lastChange)) {
            lastChange = change;
            seenSince = ticker.nanos();
            durable = false;
        }
        if (!durable) {
            boolean last = ticker.nanos() - seenSince > sameNanos(change);
            force.force(storage);
            force.force(directory);
            durable = last;
        }
    }

    private static long sameNanos(FileTime change) {
        return change.to(TimeUnit.NANOSECONDS) % TimeUnit.SECONDS.toNanos(1) == 0 ? COARSE_NANOS : SAME_NANOS;
    }
}
