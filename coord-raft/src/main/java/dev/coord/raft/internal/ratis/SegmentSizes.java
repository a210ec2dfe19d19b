package dev.coord.raft.internal.ratis;

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

    private final @Nullable Fields fields = Fields.find();
    private @Nullable Object known;

    /** The way from Ratis's log to the channel that it writes to. */
    private record Fields(Field worker, Field stream, Field buffered, Field channel) {
        static @Nullable Fields find() {
            try {
                return new Fields(
                        field("SegmentedRaftLog", "fileLogWorker"),
                        field("SegmentedRaftLogWorker", "out"),
                        field("SegmentedRaftLogOutputStream", "out"),
                        field("BufferedWriteChannel", "fileChannel"));
            } catch (ReflectiveOperationException | RuntimeException e) {
                LOG.debug("a field of Ratis is out of reach", e);
                return null;
            }
        }

        private static Field field(String type, String name) throws ReflectiveOperationException {
            Field field = Class.forName(WRITER + type).getDeclaredField(name);
            field.setAccessible(true);
            return field;
        }

        Object segment(RaftLog log) throws IllegalAccessException {
            return stream.get(worker.get(log));
        }
    }

    /** Sees to it that the size of the segment being written is remembered. */
    void remember(RaftLog log) {
        if (fields == null) {
            return;
        }
        try {
            Object segment = fields.segment(log);
            if (segment != known) {
                known = segment;
                adopt(fields.buffered.get(segment), fields.channel);
            }
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.debug("Ratis asks for the size of its log before each entry", e);
        }
    }

    private static void adopt(Object out, Field channel) throws IllegalAccessException {
        if (channel.get(out) instanceof FileChannel file) {
            channel.set(out, new SizedChannel(file));
        }
    }

    /** Whether it is, of the segment that was written last. */
    boolean isRemembered(RaftLog log) throws IllegalAccessException {
        return fields != null && fields.channel.get(fields.buffered.get(fields.segment(log))) instanceof SizedChannel;
    }
}
