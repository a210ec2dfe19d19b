package dev.coord.raft.internal.client;

import java.time.Duration;

/**
 * The bounds of a peer.
 *
 * @param operationTimeout how long an operation may take unless its handle says otherwise
 * @param maxInFlight operations in flight in one session
 * @param maxFlights batches in flight at one peer
 * @param maxLeases leases of one session, besides its own
 * @param maxWatches watches at one peer
 * @param progressInterval how often an idle watch gets a bookmark
 * @param historyRevisions how many revisions stay readable
 * @param historyBytes how much memory those revisions may take, about
 * @param historyAge how long revisions stay readable, within that number
 */
public record ClientLimits(
        Duration operationTimeout,
        int maxInFlight,
        int maxFlights,
        int maxLeases,
        int maxWatches,
        Duration progressInterval,
        int historyRevisions,
        long historyBytes,
        Duration historyAge) {}
