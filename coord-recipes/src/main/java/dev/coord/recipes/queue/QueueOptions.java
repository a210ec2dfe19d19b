package dev.coord.recipes.queue;

/**
 * What a queue is to be like. Immutable; the methods return changed copies. Handles of the same queue may differ: each
 * keeps to its own.
 *
 * @param capacity how many items there may be, delivered and not yet acknowledged ones included; 1 to {@value #MOST_ITEMS}
 * @param maxAttempts how often an item is delivered at most, 1 or more: then it is moved to the dead ones
 */
public record QueueOptions(int capacity, int maxAttempts) {
    /** The greatest capacity. */
    public static final int MOST_ITEMS = 1_000_000;

    /**
     * Creates options.
     *
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public QueueOptions {
        if (capacity < 1 || capacity > MOST_ITEMS) {
            throw new IllegalArgumentException("capacity " + capacity + "; it is 1 to " + MOST_ITEMS);
        }
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("at most " + maxAttempts + " attempts; there must be 1 or more");
        }
    }

    /**
     * Returns the usual options: 100,000 items, delivered as often as it takes.
     *
     * @return the options
     */
    public static QueueOptions defaults() {
        return new QueueOptions(100_000, Integer.MAX_VALUE);
    }

    /**
     * Returns the options with another capacity.
     *
     * @param items how many there may be
     * @return the changed options
     */
    public QueueOptions capacity(int items) {
        return new QueueOptions(items, maxAttempts);
    }

    /**
     * Returns the options with another number of attempts.
     *
     * @param attempts how often an item is delivered at most
     * @return the changed options
     */
    public QueueOptions maxAttempts(int attempts) {
        return new QueueOptions(capacity, attempts);
    }
}
