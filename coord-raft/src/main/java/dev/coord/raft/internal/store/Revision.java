package dev.coord.raft.internal.store;

import dev.coord.kv.Entry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All changes of one revision, in key order.
 *
 * @param number the revision
 * @param changes what changed
 * @param bytes about what keeping the revision costs, in bytes of memory
 */
public record Revision(long number, List<Change> changes, long bytes) {
    private static final int FIXED = 96;

    /** Copies the list, and measures it once: compaction need not look at the changes again. */
    public Revision(long number, List<Change> changes) {
        this(number, List.copyOf(changes), measure(changes));
    }

    private static long measure(List<Change> changes) {
        long bytes = FIXED;
        for (Change change : changes) {
            bytes += FIXED + change.key().length() + size(change.after()) + size(change.before());
        }
        return bytes;
    }

    private static int size(@Nullable Entry entry) {
        return entry == null ? 0 : FIXED + entry.value().size();
    }
}
