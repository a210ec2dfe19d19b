package dev.coord.raft.internal.store;

/**
 * The table that makes a session's proposals take effect exactly once. Immutable.
 *
 * @param lastSequence the last sequence number applied
 * @param results the results of applied proposals that the proposer has not acknowledged
 */
public record SessionState(long lastSequence, PersistentMap<Long, Result> results) {}
