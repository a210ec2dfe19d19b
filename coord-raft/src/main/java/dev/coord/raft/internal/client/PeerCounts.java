package dev.coord.raft.internal.client;

/**
 * What a peer has done since it was started, and holds now.
 *
 * @param settled operations that got their result
 * @param batches batches sent to the leader
 * @param goBacks how often what was in flight had to be sent again
 * @param waiting operations whose turn to be sent has not come, as of the last look
 * @param readRounds rounds of linearizable reads
 * @param leases leases and sessions kept alive now
 * @param watches watches served now
 * @param inFlight operations, and reads that wait, whose callers are not told yet
 * @param flights batches in flight, as of the last look
 * @param sessions sessions opened here and not closed
 */
public record PeerCounts(
        long settled,
        long batches,
        long goBacks,
        int waiting,
        long readRounds,
        int leases,
        int watches,
        int inFlight,
        int flights,
        int sessions) {}
