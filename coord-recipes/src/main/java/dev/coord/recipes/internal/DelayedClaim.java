package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException.Outcome;
import dev.coord.LeaseExpiredException;
import dev.coord.SessionExpiredException;
import dev.coord.UnavailableException;
import dev.coord.lease.Lease;
import dev.coord.lease.Leases;
import dev.coord.time.Deadline;
import dev.coord.time.Scheduler.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A claim to a place that, once its holder has failed, stays taken for a while: Chubby's lock-delay.
 *
 * <p>It brings a lease of its own, for the holder's key to be attached to, which outlives the session by the delay at least.
 * The lease is granted before the claim is made, and revoked when the claim is given up or the place is given back.
 * If it is lost while the claim waits, which takes a cut longer than the delay, the claim begins anew, behind the others.
 *
 * <p>Nobody else promotes such a claim: a transaction that names a lease which has ended fails as a whole, and somebody's
 * release must not fail by the state of the next in line.
 *
 * @param <T> the recipe's view of the outcome
 */
public final class DelayedClaim<T> {
    private final Coord coord;
    private final List<Want> wants;
    private final Terms terms;
    private final Duration delay;
    /** Null if it waits as long as it takes. */
    private final @Nullable Duration patience;

    private final Deadline end;
    private final Function<Optional<Holding>, T> view;
    private final SerialContext context = new SerialContext(this::fail);
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    // The rest is touched in the context only.
    private boolean over;
    private @Nullable Throwable trouble;
    private @Nullable Timer timer;
    private @Nullable CompletableFuture<Optional<Holding>> claim;

    private DelayedClaim(
            Coord coord,
            List<Want> wants,
            Terms terms,
            Duration delay,
            @Nullable Duration patience,
            Function<Optional<Holding>, T> view) {
        this.coord = coord;
        this.wants = wants;
        this.terms = terms;
        this.delay = delay;
        this.patience = patience;
        this.end = Deadline.after(coord.ticker(), patience == null ? Duration.ZERO : patience);
        this.view = view;
    }

    /**
     * Asks for a place.
     *
     * @param <T> the recipe's view
     * @param coord the handle
     * @param wants what is asked for, of each queue
     * @param terms how
     * @param delay how long the place stays taken after a failure
     * @param patience how long to wait; if not positive, the claim does not queue; null to wait as long as it takes
     * @param view makes the recipe's view of the outcome, which is empty if others were first
     * @return the outcome; to complete or cancel the future is to give the claim up
     */
    public static <T> CompletableFuture<T> start(
            Coord coord,
            List<Want> wants,
            Terms terms,
            Duration delay,
            @Nullable Duration patience,
            Function<Optional<Holding>, T> view) {
        DelayedClaim<T> delayed = new DelayedClaim<>(coord, wants, terms, delay, patience, view);
        Async.whenDone(
                delayed.result,
                (done, failure) -> delayed.context.run(() -> delayed.fail(new CancellationException("given up"))));
        delayed.context.run(delayed::begin);
        return delayed.result;
    }

    private void begin() {
        // A closed peer has no timers: what is to be repeated would never be.
        Async.onSignal(coord.session().expired(), ended, () -> context.run(this::sessionEnded));
        grant();
    }

    private void grant() {
        if (over) {
            return;
        }
        if (isPatient()) {
            timer = coord.scheduler().schedule(end.remaining(), () -> context.run(() -> fail(unreachable())));
        }
        Async.run(
                () -> coord.leases().grantAsync(timeToLive()),
                (lease, failure) -> context.run(() -> {
                    if (over) {
                        release(lease);
                    } else if (lease != null) {
                        stopTimer();
                        claim(lease);
                    } else {
                        grantFailed(requireNonNull(failure));
                    }
                }));
    }

    /**
     * What the holder can rely on ends while the lease has the delay left. It is renewed when a third of it has passed: so two
     * thirds, less a little for clocks, are to be as long as both.
     */
    private Duration timeToLive() {
        Duration ttl = coord.session().ttl().plus(delay).multipliedBy(8).dividedBy(5);
        return ttl.compareTo(Leases.MAX_TTL) > 0 ? Leases.MAX_TTL : ttl;
    }

    private boolean isPatient() {
        return patience != null && !patience.isZero() && !patience.isNegative();
    }

    private static void release(@Nullable Lease lease) {
        if (lease != null) {
            Async.run(lease::closeAsync, (done, failure) -> {});
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
        }
    }

    /** A lease that was granted all the same ends by its time limit, as no key is attached to it. */
    private void grantFailed(Throwable failure) {
        stopTimer();
        trouble = failure;
        if (!KeyWait.isPassing(failure)) {
            fail(failure);
        } else if (patience != null && (!isPatient() || end.isPast())) {
            fail(unreachable());
        } else {
            // Not on the timer's thread: to send may wait for the log.
            timer = coord.scheduler()
                    .schedule(Removal.RETRY, () -> Async.callBack(coord, () -> context.run(this::grant)));
        }
    }

    private UnavailableException unreachable() {
        String message = "no answer from the store in time for a lease; nothing is held";
        Throwable cause = trouble;
        return cause == null ? new UnavailableException(message) : new UnavailableException(message, cause);
    }

    private void claim(Lease lease) {
        List<Want> leased = wants.stream()
                .map(want ->
                        new Want(want.queue(), want.ask().withLease(lease.id()).inSeveral(), want.capacity()))
                .toList();
        Terms leasedTerms = terms.withLockDelay(lease, delay);
        CompletableFuture<Optional<Holding>> made = patience == null
                ? Claim.queued(coord, leased, leasedTerms, Optional::of)
                : Claim.queuedFor(coord, leased, leasedTerms, end.remaining(), held -> held);
        claim = made;
        Async.whenDone(
                made,
                (held, failure) -> context.run(() -> {
                    if (held == null) {
                        claimFailed(requireNonNull(failure));
                    } else {
                        decided(held);
                    }
                }));
    }

    private void claimFailed(Throwable failure) {
        if (failure instanceof LeaseExpiredException && !over) {
            trouble = failure;
            grant();
        } else {
            fail(failure);
        }
    }

    private void decided(Optional<Holding> held) {
        if (over) {
            held.ifPresent(Async::giveBack);
        } else {
            end();
            Async.callBack(coord, () -> Claim.hand(held, result, view));
        }
    }

    private void sessionEnded() {
        fail(new SessionExpiredException(
                Outcome.NOT_APPLIED,
                "session " + coord.session().id() + " has ended, nothing is held; open a new one"));
    }

    private void fail(Throwable failure) {
        if (over) {
            return;
        }
        end();
        if (claim != null) {
            boolean ignored = claim.cancel(false);
        }
        Async.callBack(coord, () -> result.completeExceptionally(failure));
    }

    private void end() {
        over = true;
        stopTimer();
        ended.complete(null);
    }
}
