package dev.coord.recipes.election;

import dev.coord.CoordException;

/**
 * Is told which topics a candidate leads: one call at a time, for each topic {@link #isLeader} and {@link #notLeader} by
 * turns. A listener may block; it delays only itself. What it throws goes to the handler of the thread that calls it, and
 * changes nothing.
 */
public interface TopicListener {

    /**
     * Called when the candidate has been elected.
     *
     * @param topic in which topic
     * @param leadership what it holds; perhaps lost again by now
     */
    void isLeader(String topic, Leadership leadership);

    /**
     * Called when it leads no more: once for each call of {@link #isLeader}.
     *
     * @param topic in which topic
     */
    void notLeader(String topic);

    /**
     * Called when the candidate has ended in a topic by a failure, and stands there no more.
     *
     * @param topic in which topic
     * @param cause why its campaign failed, such as {@link dev.coord.SessionExpiredException}
     */
    default void onEnd(String topic, CoordException cause) {}
}
