package dev.coord.recipes.internal;

import dev.coord.kv.Guard;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import java.util.List;

/**
 * What is asked of one queue. Immutable.
 *
 * @param queue the queue
 * @param ask how much, and what others are told
 * @param capacity how much the queue has, unless its own key says otherwise
 * @param isRanked whether whoever promotes must know of everybody who waits: those who come later may have more priority
 */
public record Want(QueuePath queue, Ask ask, int capacity, boolean isRanked) {

    /**
     * Creates a want of a queue in which those who come later are served later.
     *
     * @param queue the queue
     * @param ask how much, and what others are told
     * @param capacity how much the queue has, unless its own key says otherwise
     */
    public Want(QueuePath queue, Ask ask, int capacity) {
        this(queue, ask, capacity, false);
    }

    /** Creates the want; the ask tells the capacity to those who find it in the store. */
    public Want {
        ask = ask.withCapacity(capacity);
    }

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

    /**
     * Returns the want in a queue with priorities.
     *
     * @return the changed want
     */
    public Want ranked() {
        return new Want(queue, ask, capacity, true);
    }

    /** Holds while nobody has come to hold since the queue was read; nor to wait, if that might change whose turn it is. */
    Guard[] nothingMissed(Line line) {
        return isRanked ? line.nobodyNew() : line.nobodyNewHolds();
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

    /** What is asked for, in a word. */
    static String paths(List<Want> wants) {
        return wants.size() == 1
                ? wants.get(0).queue().path()
                : wants.stream().map(want -> want.queue().path()).toList().toString();
    }
}
