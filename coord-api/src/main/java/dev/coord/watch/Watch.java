package dev.coord.watch;

/**
 * A running watch. Usable from any thread.
 */
public interface Watch extends AutoCloseable {

    /**
     * Returns the revision up to which everything was handed to the listener. A watch that starts one later misses
     * nothing and repeats nothing.
     *
     * @return the revision
     */
    long deliveredRevision();

    /**
     * Ends the watch. Does not wait; a call of the listener in progress is allowed to finish, and none follows it. Safe
     * to repeat.
     */
    @Override
    void close();
}
