package dev.coord.testkit.history;

import dev.coord.time.Deadline;
import java.time.Duration;

/** What the holder of a lease believes, while it is recorded. Only the latest belief is kept: it says most. */
final class LiveHolding {
    private final Journal journal;
    private final String process;
    private final long lease;
    private final Duration ttl;
    private final boolean session;
    private long validAt;
    private long validUntilNanos = Long.MIN_VALUE;
    private long closed = Operation.NEVER;

    LiveHolding(Journal journal, String process, long lease, Duration ttl, boolean session) {
        this.session = session;
        this.journal = journal;
        this.process = process;
        this.lease = lease;
        this.ttl = ttl;
    }

    /** The holder found the lease valid, having asked when the given event was the latest. */
    synchronized void valid(long asked) {
        validAt = Math.max(validAt, asked);
    }

    /** The holder relies on the lease up to a moment of its own clock. */
    synchronized void validUntil(Deadline deadline) {
        long left = deadline.remainingNanos();
        if (left > 0 && closed == Operation.NEVER) {
            // Of two clocks whose rates differ by a fiftieth at most, either may be the fast one.
            validUntilNanos = Math.max(validUntilNanos, journal.nanos() + left - left / 25);
        }
    }

    /** What was asked for at a moment is relied on for so long from then. */
    synchronized void validFrom(long askedNanos) {
        validUntilNanos = askedNanos + ttl.toNanos() - ttl.toNanos() / 25;
    }

    synchronized void closing() {
        closed = Math.min(closed, journal.next());
    }

    synchronized Recording.Holding holding() {
        return new Recording.Holding(process, lease, ttl.toNanos(), validAt, validUntilNanos, closed, session);
    }
}
