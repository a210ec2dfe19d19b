package dev.coord.recipes.internal;

import dev.coord.kv.Entry;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Reading a queue. */
public final class Queues {

    private Queues() {}

    /**
     * Returns the first in line.
     *
     * @param waiters the keys of a queue
     * @return the one with the smallest create revision
     */
    public static Optional<Entry> first(Collection<Entry> waiters) {
        return waiters.stream().min(Comparator.comparingLong(Entry::createRevision));
    }
}
