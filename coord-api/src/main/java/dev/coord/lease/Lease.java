package dev.coord.lease;

import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A promise of the store with a time limit: the keys attached to it live until it ends. Kept alive in the background
 * until closed. Usable from any thread.
 *
 * <p>The holder's own view is conservative: {@link #validUntil()} is reckoned from the moment the last successful
 * keep-alive was <em>sent</em>, less a margin for clock drift, and so always ends before the store's view does (Gray and
 * Cheriton 1989). Once it has lapsed the lease is lost for this handle for good, even if the store kept it a little
 * longer.
 */
public interface Lease extends AutoCloseable {

    /**
     * Returns the id, to attach keys with {@link dev.coord.kv.Op.Put#withLease(long)}.
     *
     * @return the store-wide unique id, positive and growing with every grant
     */
    long id();

    /**
     * Returns how long the lease outlives its last keep-alive, at least.
     *
     * @return the time to live
     */
    Duration ttl();

    /**
     * Tells whether the store is certain to still honour the lease. Local; costs nanoseconds.
     *
     * @return true until {@link #validUntil()} has passed or the lease is known to have ended
     */
    boolean isValid();

    /**
     * Returns until when the store is certain to honour the lease, as far as is known now. Local; costs nanoseconds.
     *
     * @return a moment that later keep-alives move on
     */
    Deadline validUntil();

    /**
     * Returns a future that completes when the lease can no longer be relied on: it has lapsed, was revoked, or its
     * handle was closed. Dependents run on one of the peer's callback threads, one
     * after the other: use the {@code …Async} methods to block in one.
     *
     * @return the loss signal, the same at each call
     */
    CompletableFuture<Void> lost();

    /**
     * Revokes the lease and deletes its keys without waiting: it is lost when this returns. If the store cannot be reached,
     * the lease ends by its time limit. Also when the session has ended. Safe to repeat.
     *
     * @return a future that completes normally when the store has answered, or did not within the operation timeout
     */
    CompletableFuture<Void> closeAsync();

    /**
     * Revokes the lease and deletes its keys, waiting up to the operation timeout. If the store cannot be reached, the
     * lease ends by its time limit. Safe to repeat.
     */
    @Override
    void close();
}
