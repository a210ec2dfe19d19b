package dev.coord.raft.internal.store;

/**
 * A command with its place in a session: the store applies each sequence number of a session once, in order.
 *
 * @param session the session, or {@link #NO_SESSION}
 * @param sequence 1, 2, 3, … within the session; without a session, whatever the proposer recognises its result by
 * @param acknowledged the proposer has the results up to this sequence number: the store may forget them
 * @param command what to do
 */
public record Proposal(long session, long sequence, long acknowledged, Command command) {
    /** The session id of proposals that belong to none. */
    public static final long NO_SESSION = 0;

    /** A proposal without a session. */
    public static Proposal sessionless(long sequence, Command command) {
        return new Proposal(NO_SESSION, sequence, 0, command);
    }
}
