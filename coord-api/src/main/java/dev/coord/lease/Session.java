package dev.coord.lease;

import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * The identity of a {@link dev.coord.Coord} handle in the store: a lease, kept alive in the background, with the table
 * that makes the handle's operations take effect exactly once. Usable from any thread.
 *
 * <p>Unlike a {@link dev.coord.lease.Lease}, a session recovers: when keep-alives fail for too long it is
 * {@linkplain #lapsed() lapsed} and nothing held through it can be relied on; if the store turns out to have kept it, it
 * goes on. Only when the store has ended it has it {@linkplain #expired() expired}, for good.
 */
public interface Session {

    /**
     * Returns the id, which is a lease id that keys can be attached to.
     *
     * @return the store-wide unique id
     */
    long id();

    /**
     * Returns how long the session outlives its last keep-alive, at least.
     *
     * @return the time to live
     */
    Duration ttl();

    /**
     * Returns for how long after a keep-alive was sent the session relies on it, less a margin for clock drift. If that is
     * shorter than the time to live, others may {@linkplain Leases#endIfSilent end} the session before its time: it lapses
     * sooner when the Raft leader cannot be reached, and recovers if nobody has.
     *
     * @return the validity, the time to live at most
     */
    Duration validity();

    /**
     * Tells whether the store is certain to still honour the session. Local; costs nanoseconds.
     *
     * @return true until {@link #validUntil()} has passed
     */
    boolean isValid();

    /**
     * Returns until when the store is certain to honour the session, reckoned from the <em>send</em> time of the last
     * successful keep-alive less a margin for clock drift. Local; costs nanoseconds.
     *
     * @return a moment that later keep-alives move on
     */
    Deadline validUntil();

    /**
     * Returns the loss signal of the present stretch of validity: it is given a little before the validity ends by time,
     * and when it ends otherwise. Callbacks that block may delay it; {@link #isValid()} is never late. After a recovery
     * this method returns a new future; the old one stays completed. Whoever claims something on the strength of this
     * session takes the future <em>before</em> claiming, and gives the claim up when it completes. Dependents run on one of
     * the peer's callback threads, one after the other: use the {@code …Async} methods to block in one.
     *
     * @return the signal; already completed while the session is not valid
     */
    CompletableFuture<Void> lapsed();

    /**
     * Returns a future that completes when the session has ended: expired in the store, or closed.
     *
     * @return the end signal, the same at each call
     */
    CompletableFuture<Void> expired();

    /**
     * Returns a number that this session has not given out before, for names that nobody else has: with the id of the session
     * it makes a key that no other session has either.
     *
     * @return 1, 2, 3 and so on
     */
    long nextNumber();
}
