package dev.coord.recipes.internal;

import dev.coord.lease.Lease;
import dev.coord.lease.Session;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * How a claim is made. Immutable.
 *
 * @param isOnlyIfFree whether it is not to queue
 * @param isMovable whether others may promote it out of turn
 * @param lease what the holder's key is attached to, if not to the session; the claim's own, ended with it
 * @param lockDelay how long that lease keeps the key of a holder that failed
 * @param check asked whenever the claim begins to wait
 */
public record Terms(
        boolean isOnlyIfFree,
        boolean isMovable,
        @Nullable Lease lease,
        Duration lockDelay,
        @Nullable WaitCheck check) {
    /** The usual ones. */
    public static final Terms PLAIN = new Terms(false, false, null, Duration.ZERO, null);

    /** Those of a claim that others may promote out of turn. */
    public static final Terms MOVABLE = new Terms(false, true, null, Duration.ZERO, null);

    /**
     * Returns the terms of a lock that stays locked for a while after its holder failed.
     *
     * @param own a lease that outlives the session by the delay at least
     * @param delay how long
     * @return the changed terms
     */
    public Terms withLockDelay(Lease own, Duration delay) {
        return new Terms(isOnlyIfFree, isMovable, own, delay, check);
    }

    /**
     * Returns the terms of a claim that may find out that to wait is in vain.
     *
     * @param ofClaim looks
     * @return the changed terms
     */
    public Terms checking(WaitCheck ofClaim) {
        return new Terms(isOnlyIfFree, isMovable, lease, lockDelay, ofClaim);
    }

    Terms onlyIfFree() {
        return new Terms(true, isMovable, lease, lockDelay, check);
    }

    Terms patiently() {
        return new Terms(false, isMovable, lease, lockDelay, check);
    }

    long leaseId(Session session) {
        return lease == null ? session.id() : lease.id();
    }

    /** Whether what was to hold the place cannot do so any more. */
    boolean isOver() {
        return lease != null && lease.lost().isDone();
    }

    /** Calls back once session and lease have both ended, or nobody here can end them any more. */
    void whenNothingIsLeft(Session session, Runnable next) {
        if (lease != null) {
            Async.whenDone(CompletableFuture.allOf(session.expired(), lease.lost()), (done, failure) -> next.run());
        }
    }

    /** Ends the lease, if there is one; also when the session has ended. */
    void release() {
        if (lease != null) {
            Async.run(lease::closeAsync, (done, failure) -> {});
        }
    }
}
