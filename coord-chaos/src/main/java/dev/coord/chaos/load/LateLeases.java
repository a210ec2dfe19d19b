package dev.coord.chaos.load;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Keys that were still there when their lease's time was over, and for how long. Safe for use by any thread. */
public final class LateLeases {
    private final Map<String, Late> all = new ConcurrentHashMap<>();

    /** Nothing is late yet. */
    public LateLeases() {}

    /**
     * How long a key outlived its lease's time.
     *
     * @param dueNanos when its time was over
     * @param seenNanos the last call of a read that saw it
     */
    public record Late(long dueNanos, long seenNanos) {}

    void seen(String key, long dueNanos, long calledNanos) {
        all.put(key, new Late(dueNanos, calledNanos));
    }

    /**
     * Returns all that was seen late.
     *
     * @return by key
     */
    public Map<String, Late> all() {
        return Map.copyOf(all);
    }
}
