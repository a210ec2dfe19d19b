package dev.coord.recipes.internal;

import dev.coord.Coord;
import dev.coord.lease.Lease;
import dev.coord.lease.Session;
import dev.coord.time.Deadline;
import dev.coord.time.Scheduler.Timer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One stretch of validity, on which something is held: the session's, and that of a lease besides if the key is attached
 * to one. While it lasts the store keeps every key attached to either against all others; of a lock with a delay, for the
 * delay longer: its stretch is over while the lease has as much left.
 */
final class Stretch {
    private final Coord coord;
    private final Session session;
    private final CompletableFuture<Void> lapsed;
    private final @Nullable Lease lease;
    private final long reserveNanos;
    /** Whether the lease was found to have too little left, which it may have again. */
    private volatile boolean over;

    private volatile @Nullable Timer leaseTimer;

    /** Takes the signal first: a session that is valid after that is valid in this stretch. */
    Stretch(Coord coord, Terms terms) {
        this.coord = coord;
        this.session = coord.session();
        this.lapsed = session.lapsed();
        this.lease = terms.lease();
        this.reserveNanos = terms.lockDelay().toNanos();
    }

    boolean lasts() {
        // In this order: a session valid anew has completed the signal of the former stretch before.
        return session.isValid() && !lapsed.isDone() && leaseLasts();
    }

    private boolean leaseLasts() {
        Lease also = lease;
        if (also == null) {
            return true;
        }
        if (!also.isValid() || leaseEnd(also).isPast()) {
            over = true;
        }
        return !over;
    }

    private Deadline leaseEnd(Lease also) {
        return Deadline.at(coord.ticker(), also.validUntil().nanos() - reserveNanos);
    }

    Deadline validUntil() {
        Deadline until = session.validUntil();
        Lease also = lease;
        if (also != null && leaseEnd(also).nanos() - until.nanos() < 0) {
            until = leaseEnd(also);
        }
        // Whoever was paused finds out later than it happened; a session valid anew says more than this stretch has.
        return (lapsed.isDone() || over) && !until.isPast() ? Deadline.after(coord.ticker(), Duration.ZERO) : until;
    }

    /** Calls back when the stretch ends, unless that is no longer of interest then. */
    void whenOver(CompletableFuture<Void> noInterest, Runnable next) {
        Async.onSignal(lapsed, noInterest, next);
        Lease also = lease;
        if (also != null) {
            Async.onSignal(also.lost(), noInterest, next);
            watchLease(also, noInterest, next);
            Async.whenDone(noInterest, (done, failure) -> cancelTimer());
        }
    }

    private void cancelTimer() {
        Timer timer = leaseTimer;
        if (timer != null) {
            timer.cancel();
        }
    }

    /** Looks again whenever the lease would be over had it not been renewed since. */
    private void watchLease(Lease also, CompletableFuture<Void> noInterest, Runnable next) {
        Duration left = leaseEnd(also).remaining();
        leaseTimer = coord.scheduler()
                .schedule(
                        left,
                        () -> Async.callBack(coord, () -> {
                            if (noInterest.isDone()) {
                                return;
                            }
                            if (leaseLasts()) {
                                watchLease(also, noInterest, next);
                            } else {
                                next.run();
                            }
                        }));
    }

    CompletableFuture<Void> lapsed() {
        return lapsed;
    }
}
