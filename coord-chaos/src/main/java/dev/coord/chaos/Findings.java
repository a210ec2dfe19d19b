package dev.coord.chaos;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** What is wrong, as far as it shows during a run. Safe for use by any thread. */
public final class Findings {
    private static final int MOST = 50;

    private final Queue<String> all = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    /** Nothing is wrong yet. */
    public Findings() {}

    /**
     * Notes that something is wrong. The first few are kept in words.
     *
     * @param what in words
     */
    public void add(String what) {
        if (count.getAndIncrement() < MOST) {
            all.add(what);
        }
    }

    /**
     * Returns what was noted.
     *
     * @return in the order of the notes
     */
    public List<String> all() {
        return List.copyOf(all);
    }

    /**
     * Returns how much was noted.
     *
     * @return the number of notes, also of those that were not kept
     */
    public int count() {
        return count.get();
    }
}
