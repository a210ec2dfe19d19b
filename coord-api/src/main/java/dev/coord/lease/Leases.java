package dev.coord.lease;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Grants leases. Safe for use by any thread. Failures are those of {@linkplain dev.coord.kv.Kv writes}.
 */
public interface Leases {
    /** The shortest time to live. */
    Duration MIN_TTL = Duration.ofMillis(500);

    /** The longest time to live, one year. */
    Duration MAX_TTL = Duration.ofDays(365);

    /**
     * Grants a lease and keeps it alive until it or this handle is closed. A lease does not depend on the handle's session:
     * if that expires, the lease may live on.
     *
     * @param ttl {@link #MIN_TTL} to {@link #MAX_TTL}; the store ends the lease no earlier than this after the last
     *     keep-alive, and later by at most the time without a Raft leader
     * @return the lease, valid
     * @throws InterruptedException if interrupted while waiting; a lease perhaps granted ends by its time limit
     * @throws IllegalArgumentException if the time to live is out of bounds
     */
    Lease grant(Duration ttl) throws InterruptedException;

    /**
     * Grants a lease without waiting, and keeps it alive until closed.
     *
     * @param ttl {@link #MIN_TTL} to {@link #MAX_TTL}
     * @return the lease, valid when the future completes
     * @throws IllegalArgumentException if the time to live is out of bounds
     */
    CompletableFuture<Lease> grantAsync(Duration ttl);

    /**
     * Grants a lease that nobody keeps alive: a timer in the store, whose keys go when it has run out. It depends neither on
     * this handle nor on its session, and lives on when either ends; {@link #revoke} ends it early.
     *
     * <p>It ends no earlier than its time to live after this call, by the Raft leader's clock, and later by at most the time
     * without a Raft leader, and by how late a new leader's replica was when it applied the grant. A new leader that was
     * restarted since, or fell so far behind that it got a snapshot, goes by what was last recorded in the log instead: first
     * when four tenths of the time have passed, and then at every tenth. So much longer it may last after such a change.
     *
     * <p>It costs a log entry for the grant, one for the end and up to six between them to record what is left; leases that
     * are due together share those. While it lives it counts towards the limit of leases of this handle, but no longer once
     * the handle is closed: whoever opens handles to grant such leases must bound them himself.
     *
     * @param ttl {@link #MIN_TTL} to {@link #MAX_TTL}
     * @return the id of the lease, to attach keys with {@link dev.coord.kv.Op.Put#withLease(long)}
     * @throws InterruptedException if interrupted while waiting; a lease perhaps granted ends by its time limit
     * @throws IllegalArgumentException if the time to live is out of bounds
     */
    long grantDetached(Duration ttl) throws InterruptedException;

    /**
     * Grants a lease that nobody keeps alive, as {@link #grantDetached} does, without waiting.
     *
     * @param ttl {@link #MIN_TTL} to {@link #MAX_TTL}
     * @return the id of the lease
     * @throws IllegalArgumentException if the time to live is out of bounds
     */
    CompletableFuture<Long> grantDetachedAsync(Duration ttl);

    /**
     * Ends any lease by its id, whoever holds it, and deletes its keys.
     *
     * @param leaseId the lease
     * @return true if it existed
     * @throws InterruptedException if interrupted while waiting
     */
    boolean revoke(long leaseId) throws InterruptedException;

    /**
     * Ends any lease by its id without waiting.
     *
     * @param leaseId the lease
     * @return true if it existed
     */
    CompletableFuture<Boolean> revokeAsync(long leaseId);

    /**
     * Ends a lease before its time and deletes its keys, if its holder has been silent for so long that it no longer relies
     * on the lease itself: for {@link Session#validity()} by the Raft leader's clock, or since a new leader began. To suspect a
     * holder wrongly is therefore safe: its handles have lapsed before anybody else can take what it held. A lease whose
     * validity is its time to live, as all have that were not opened otherwise, does not end sooner by this.
     *
     * <p>Waits for a Raft leader up to the operation timeout. A lease that was granted and is not there any more has ended.
     *
     * @param leaseId the lease
     * @return true if the lease has ended; false if its holder may still rely on it: ask again later
     * @throws InterruptedException if interrupted while waiting
     * @throws dev.coord.UnavailableException if there was no Raft leader in time; nothing was done
     * @throws dev.coord.IndeterminateException if the Raft leader's answer did not come; the lease may have ended
     */
    boolean endIfSilent(long leaseId) throws InterruptedException;

    /**
     * Ends a lease before its time if its holder is silent, as {@link #endIfSilent} does, without waiting.
     *
     * @param leaseId the lease
     * @return true if the lease has ended
     */
    CompletableFuture<Boolean> endIfSilentAsync(long leaseId);

    /**
     * Looks a lease up in this peer's replica (sequential consistency). Does not wait.
     *
     * @param leaseId the lease
     * @return what is known of it, empty if it does not exist
     */
    Optional<LeaseInfo> find(long leaseId);
}
