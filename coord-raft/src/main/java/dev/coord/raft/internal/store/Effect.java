package dev.coord.raft.internal.store;

/** What applying an entry means for the world around the store, in the order in which it happened. */
public sealed interface Effect {

    /** A proposal has its result: told for repeated proposals too. */
    record Completed(Proposal proposal, Result result) implements Effect {}

    /** A lease came into being; one that is detached nobody keeps alive. */
    record LeaseGranted(long lease, long ttlMillis, boolean detached) implements Effect {}

    /** A lease, perhaps a session, ended. */
    record LeaseEnded(long lease) implements Effect {}

    /** A lease's remaining time was recorded. */
    record LeaseCheckpointed(long lease) implements Effect {}
}
