package dev.coord.recipes.internal;

import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;

/**
 * What is asked of one queue. Immutable.
 *
 * @param queue the queue
 * @param ask how much, and what others are told
 * @param capacity how much the queue has, unless its own key says otherwise
 */
public record Want(QueuePath queue, Ask ask, int capacity) {

    /**
     * Returns the want of something that one can have at a time.
     *
     * @param queue the queue
     * @param ask for one permit
     * @return the want
     */
    public static Want exclusive(QueuePath queue, Ask ask) {
        return new Want(queue, ask, 1);
    }

    RangeQuery everybody() {
        return RangeQuery.of(queue.range());
    }

    /**
     * Reads the queue.
     *
     * @param state its whole {@linkplain QueuePath#range() range}, or only its holders
     * @return the queue
     */
    public Line line(RangeResult state) {
        return Line.of(queue, capacity, state);
    }
}
