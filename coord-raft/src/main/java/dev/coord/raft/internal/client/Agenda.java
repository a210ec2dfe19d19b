package dev.coord.raft.internal.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What to attend to when: each item at one moment at most, the earliest first, those of one moment as they were put. */
final class Agenda<T> {
    private final Map<T, Entry<T>> entries = new HashMap<>();
    private final TreeSet<Entry<T>> order = new TreeSet<>();
    private long puts;

    private record Entry<T>(T item, long at, long number) implements Comparable<Entry<T>> {
        @Override
        public int compareTo(Entry<T> other) {
            // Moments of a monotonic clock have a meaning only by their distance.
            return at == other.at ? Long.compare(number, other.number) : Long.signum(at - other.at);
        }
    }

    /** Puts an item at a moment, and not where it was before. */
    void put(T item, long at) {
        Entry<T> entry = new Entry<>(item, at, puts++);
        Entry<T> former = entries.put(item, entry);
        if (former != null) {
            order.remove(former);
        }
        order.add(entry);
    }

    void remove(T item) {
        Entry<T> entry = entries.remove(item);
        if (entry != null) {
            order.remove(entry);
        }
    }

    void clear() {
        entries.clear();
        order.clear();
    }

    boolean isEmpty() {
        return order.isEmpty();
    }

    /** How long until the first item is due, negative if it is overdue; {@link Long#MAX_VALUE} if there is none. */
    long dueIn(long now) {
        return order.isEmpty() ? Long.MAX_VALUE : order.first().at() - now;
    }

    /** Takes out what is due, the earliest first, so many at most. */
    List<T> takeDue(long now, int most) {
        List<T> due = new ArrayList<>();
        while (due.size() < most && dueIn(now) <= 0) {
            due.add(takeFirst());
        }
        return due;
    }

    private T takeFirst() {
        T first = order.first().item();
        remove(first);
        return first;
    }
}
