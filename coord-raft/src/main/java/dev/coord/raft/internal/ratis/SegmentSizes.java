package dev.coord.raft.internal.ratis;

import static java.util.Objects.requireNonNull;

import java.lang.reflect.Field;
import java.nio.channels.FileChannel;
import org.apache.ratis.server.raftlog.RaftLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Ratis from asking the file system for the size of the log's file before each entry. Linux (from 6.13 on) gives the write that follows
 * such a question a time of its own, so that the inode has changed too, and some file systems write it when the file is forced: half as
 * long again for three logs on a disk (decision 0023). Ratis has no setting for it; should its fields have changed, it goes on asking.
 *
 * <p>Used by the thread that writes the log only.
 */
final class SegmentSizes {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentSizes.class);
    private static final String WRITER = "org.apache.ratis.server.raftlog.segmented.";

    private final @Nullable Field worker = field("SegmentedRaftLog", "fileLogWorker");
    private final @Nullable Field stream = field("SegmentedRaftLogWorker", "out");
    private final @Nullable Field buffered = field("SegmentedRaftLogOutputStream", "out");
    private final @Nullable Field channel = field("BufferedWriteChannel", "fileChannel");
    private @Nullable Object known;

    private static @Nullable Field field(String type, String name) {
        try {
            Field field = Class.forName(WRITER + type).getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("{}.{} of Ratis is out of reach", type, name, e);
            return null;
        }
    }

    /** Sees to it that the size of the segment being written is remembered. */
    void remember(RaftLog log) {
        try {
            Object segment = segment(log);
            if (segment != known) {
                known = segment;
                adopt(segment);
            }
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.debug("Ratis asks for the size of its log before each entry", e);
        }
    }

    /** Whether it is, of the segment that was written last. */
    boolean isRemembered(RaftLog log) throws IllegalAccessException {
        Object segment = segment(log);
        return segment != null
                && requireNonNull(channel).get(requireNonNull(buffered).get(segment)) instanceof SizedChannel;
    }

    private @Nullable Object segment(RaftLog log) throws IllegalAccessException {
        return worker == null || stream == null ? null : stream.get(worker.get(log));
    }

    private void adopt(@Nullable Object segment) throws IllegalAccessException {
        if (segment == null || buffered == null || channel == null) {
            return;
        }
        Object out = buffered.get(segment);
        if (channel.get(out) instanceof FileChannel file) {
            channel.set(out, new SizedChannel(file));
        }
    }
}
