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
     * Looks a lease up in this peer's replica (sequential consistency). Does not wait.
     *
     * @param leaseId the lease
     * @return what is known of it, empty if it does not exist
     */
    Optional<LeaseInfo> find(long leaseId);
}
