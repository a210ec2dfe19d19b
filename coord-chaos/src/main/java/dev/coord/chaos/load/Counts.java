package dev.coord.chaos.load;

import dev.coord.CoordException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How often what was done. Safe for use by any thread. */
public final class Counts {
    private final Map<String, LongAdder> all = new ConcurrentHashMap<>();

    /** Nothing was done yet. */
    public Counts() {}

    void add(String what) {
        add(what, 1);
    }

    void add(String what, long times) {
        all.computeIfAbsent(what, each -> new LongAdder()).add(times);
    }

    void failed(CoordException error) {
        add(error.getClass().getSimpleName());
    }

    /**
     * Returns how often something was done.
     *
     * @param what its name
     * @return the count
     */
    public long get(String what) {
        LongAdder count = all.get(what);
        return count == null ? 0 : count.sum();
    }

    /**
     * Returns all counts.
     *
     * @return by name
     */
    public Map<String, Long> all() {
        Map<String, Long> sums = new TreeMap<>();
        all.forEach((what, count) -> sums.put(what, count.sum()));
        return sums;
    }
}
