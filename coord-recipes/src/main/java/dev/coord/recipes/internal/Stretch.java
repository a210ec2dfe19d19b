package dev.coord.recipes.internal;

import dev.coord.Coord;
import dev.coord.lease.Lease;
import dev.coord.lease.Session;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One stretch of validity, on which something is held: the session's, and that of a lease besides if the key is attached
 * to one. While it lasts the store keeps every key attached to either against all others.
 */
final class Stretch {
    private final Coord coord;
    private final Session session;
    private final CompletableFuture<Void> lapsed;
    private final @Nullable Lease lease;

    /** Takes the signal first: a session that is valid after that is valid in this stretch. */
    Stretch(Coord coord, @Nullable Lease lease) {
        this.coord = coord;
        this.session = coord.session();
        this.lapsed = session.lapsed();
        this.lease = lease;
    }

    boolean lasts() {
        // In this order: a session valid anew has completed the signal of the former stretch before.
        return session.isValid() && !lapsed.isDone() && (lease == null || lease.isValid());
    }

    Deadline validUntil() {
        Deadline until = session.validUntil();
        Lease also = lease;
        if (also != null && also.validUntil().nanos() - until.nanos() < 0) {
            until = also.validUntil();
        }
        return lapsed.isDone() ? Deadline.after(coord.ticker(), Duration.ZERO) : until;
    }

    /** Calls back when the stretch ends, unless that is no longer of interest then. */
    void whenOver(CompletableFuture<Void> noInterest, Runnable next) {
        Async.onSignal(lapsed, noInterest, next);
        Lease also = lease;
        if (also != null) {
            Async.onSignal(also.lost(), noInterest, next);
        }
    }

    CompletableFuture<Void> lapsed() {
        return lapsed;
    }
}
