package dev.coord.testkit.history;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A history as the checkers see it: all that was recorded up to a moment. Immutable.
 *
 * @param operations in the order of their calls
 * @param tapes of the watches
 * @param holdings what holders of leases believed
 * @param claims what holders of locks and leaderships claimed
 * @param incidents faults and whatever else was noted
 */
record Recording(
        List<Operation> operations,
        List<Tape> tapes,
        List<Holding> holdings,
        List<Claim> claims,
        List<Incident> incidents) {

    /** Copies the lists. */
    Recording {
        operations = List.copyOf(operations);
        tapes = List.copyOf(tapes);
        holdings = List.copyOf(holdings);
        claims = List.copyOf(claims);
        incidents = List.copyOf(incidents);
    }

    /**
     * What the holder of a lease or session believed of it.
     *
     * @param process the handle
     * @param lease the lease
     * @param ttlNanos its time to live
     * @param validAt the last place in the sequence of events after which the holder still found it valid; 0 if never
     * @param validUntilNanos the latest moment of the history's clock up to which the holder relied on it; the least
     *     number if it never asked
     * @param closed the place where the holder began to give it up, {@link Operation#NEVER} if it did not
     * @param session whether it is the session of the handle
     */
    record Holding(
            String process,
            long lease,
            long ttlNanos,
            long validAt,
            long validUntilNanos,
            long closed,
            boolean session) {}

    /**
     * Something that happened to the cluster.
     *
     * @param at the place in the sequence of events
     * @param nanos the clock
     * @param what it was, in words
     * @param gone the process that ceased to keep its leases alive by it, or the empty string
     */
    record Incident(long at, long nanos, String what, String gone) {}

    /** The session of each handle, where that is recorded. */
    Map<String, Long> sessions() {
        return holdings.stream()
                .filter(Holding::session)
                .collect(Collectors.toMap(Holding::process, Holding::lease, (one, other) -> one));
    }

    Recording withOperations(List<Operation> other) {
        return new Recording(other, tapes, holdings, claims, incidents);
    }

    Recording withTapes(List<Tape> other) {
        return new Recording(operations, other, holdings, claims, incidents);
    }

    Recording withHoldings(List<Holding> other) {
        return new Recording(operations, tapes, other, claims, incidents);
    }

    Recording withClaims(List<Claim> other) {
        return new Recording(operations, tapes, holdings, other, incidents);
    }
}
