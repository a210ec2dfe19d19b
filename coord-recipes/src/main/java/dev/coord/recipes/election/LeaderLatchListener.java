package dev.coord.recipes.election;

import dev.coord.CoordException;

/**
 * Is told whether a {@link LeaderLatch} leads: one call at a time, {@link #isLeader} and {@link #notLeader} by turns. A
 * listener may block; it delays only itself, so what it is told may be over already: ask the leadership. What it throws
 * goes to the handler of the thread that calls it, and changes nothing.
 */
public interface LeaderLatchListener {

    /**
     * Called when the latch has been elected.
     *
     * @param leadership what it holds; perhaps lost again by now
     */
    void isLeader(Leadership leadership);

    /** Called when it leads no more: once for each call of {@link #isLeader}. */
    void notLeader();

    /**
     * Called when the latch has ended by a failure, and will not lead any more.
     *
     * @param cause why its campaign failed, such as {@link dev.coord.SessionExpiredException}
     */
    default void onEnd(CoordException cause) {}
}
