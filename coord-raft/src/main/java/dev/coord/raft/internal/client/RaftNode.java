package dev.coord.raft.internal.client;

import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * This peer's Raft, as the rest of Coord sees it. Implemented over Ratis, and by the simulator.
 */
public interface RaftNode extends AutoCloseable {

    /** What this peer knows of the Raft group now. Costs a few volatile reads; never blocks. */
    RaftStatus status();

    /**
     * Appends an entry, on the Raft leader. The call returns once the entry has its place in the log, so entries of one
     * thread keep their order; it may block briefly when the log is congested. The future completes when the entry was
     * applied here, and fails when it was refused or its fate is unknown: an entry whose future failed may still commit.
     * The future completes on a Raft thread: dependents must be brief.
     */
    CompletableFuture<Void> append(byte[] entry);

    /** Another peer asked this one, the Raft leader, for something and waits for what commits: it is told without delay. */
    void expects(String peer);

    /** The last entry that the log or a snapshot holds. */
    LogEnd logEnd();

    /** Whether neither the log nor a snapshot holds anything: this peer has never been told of anything. */
    default boolean isBlank() {
        return logEnd().equals(LogEnd.NONE);
    }

    /**
     * Whether the Raft leader was heard since this was asked last, or waits for an answer of this peer. Asked at equal
     * intervals, by one caller.
     */
    boolean heardLeader();

    /**
     * Replaces the voters by others, if they are still those that are expected; on the Raft leader. The future completes once
     * the new configuration is committed, and fails if it was refused or its fate is unknown.
     */
    CompletableFuture<Void> changeVoters(Set<String> expected, Set<String> wanted);

    /**
     * Has one of some other voters lead, on the Raft leader: whichever has most of the log. The future completes when it does,
     * and fails if that did not come about.
     */
    CompletableFuture<Void> handOver(Set<String> candidates);

    /** Calls an election at once, to replace a leader that is believed gone. Never blocks. */
    void campaign();

    /** Stops Raft; no thread or file lock is left when it returns. Safe to repeat. */
    @Override
    void close();
}
