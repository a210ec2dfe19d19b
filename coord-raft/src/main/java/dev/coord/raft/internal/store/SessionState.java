package dev.coord.raft.internal.store;

/**
 * The table that makes a session's proposals take effect exactly once. Immutable.
 *
 * @param results the results of applied proposals that the proposer has not acknowledged, by sequence number
 */
public record SessionState(Window<Result> results) {

    /** The table of a session that has proposed nothing yet. */
    static final SessionState NEW = new SessionState(Window.startingAt(1));

    /** The last sequence number applied. */
    public long lastSequence() {
        return results.end() - 1;
    }
}
