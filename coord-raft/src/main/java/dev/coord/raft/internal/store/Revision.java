package dev.coord.raft.internal.store;

import java.util.List;

/** All changes of one revision, in key order. */
public record Revision(long number, List<Change> changes) {
    /** Copies the list. */
    public Revision {
        changes = List.copyOf(changes);
    }
}
