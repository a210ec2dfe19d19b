package dev.coord.raft.internal.store;

import dev.coord.kv.Entry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All changes of one revision, in key order. */
public record Revision(long number, List<Change> changes) {
    private static final int FIXED = 96;

    /** Copies the list. */
    public Revision {
        changes = List.copyOf(changes);
    }

    /** About what keeping the revision costs, in bytes of memory. */
    public long bytes() {
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
