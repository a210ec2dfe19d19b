package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException.Outcome;
import dev.coord.SessionExpiredException;
import dev.coord.lease.Session;
import dev.coord.time.Scheduler.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to hold a place in a queue, or in several at once, from its request until it is granted or given up.
 *
 * <p>A claimant is a key among the queue's waiters and then one among its holders, attached to the session. Whether there is
 * room is decided by the transaction that makes it a holder, guarded by "nobody has come to hold since I looked"
 * ({@link Moves}); looking costs nothing, as it is done in this peer's replica, which may be behind: then the guard fails,
 * and it looks again. Whoever lets go promotes the next in the same transaction, so a lock passes on by one log entry; if
 * it died instead, the first who waits sees that by its watch on the holders and promotes itself. All others watch the one
 * before them only, and move up when that has gone.
 *
 * <p>A holder's key found in the replica is a grant only while the session is valid: then the store keeps the session, hence
 * every key attached to it that nobody deletes by name. So a grant after the death of the own lease is impossible (etcd
 * #11456), and a session that lapses and recovers while waiting keeps its place.
 *
 * <p>Here is when it begins and how it ends; {@link Turn} decides what to do next, {@link Steps} does it.
 */
public final class Claim {
    private final Coord coord;
    private final Session session;
    private final List<Want> wants;
    private final Terms terms;
    private final SerialContext context = new SerialContext(this::fail);
    private final CompletableFuture<Optional<Holding>> outcome = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Steps steps;
    private final Turn turn;

    // The rest is touched in the context only.
    private boolean over;
    private @Nullable Timer timeout;

    private Claim(Coord coord, List<Want> wants, Terms terms) {
        this.coord = coord;
        this.session = coord.session();
        this.wants = wants;
        this.terms = terms;
        this.steps = new Steps(coord, wants, terms, context, this::fail);
        this.turn = new Turn(this, coord, wants, terms, steps, context);
    }

    /**
     * Asks for a place and waits in the queue, without limit.
     *
     * @param <T> the recipe's view
     * @param coord the handle
     * @param wants what is asked for, of each queue
     * @param terms how
     * @param view makes the recipe's view of the place
     * @return the place; to complete or cancel the future is to give the claim up
     */
    public static <T> CompletableFuture<T> queued(
            Coord coord, List<Want> wants, Terms terms, Function<Holding, T> view) {
        // Without a timeout the outcome is never empty.
        return new Claim(coord, wants, terms.patiently()).start(null, holding -> view.apply(holding.orElseThrow()));
    }

    /**
     * Asks for a place and waits in the queue for a while.
     *
     * @param <T> the recipe's view
     * @param coord the handle
     * @param wants what is asked for, of each queue
     * @param terms how
     * @param patience how long to wait; if not positive, the claim does not queue
     * @param view makes the recipe's view of the outcome, which is empty if others were first
     * @return the outcome; to complete or cancel the future is to give the claim up
     */
    public static <T> CompletableFuture<T> queuedFor(
            Coord coord, List<Want> wants, Terms terms, Duration patience, Function<Optional<Holding>, T> view) {
        if (patience.isZero() || patience.isNegative()) {
            return new Claim(coord, wants, terms.onlyIfFree()).start(null, view);
        }
        return new Claim(coord, wants, terms.patiently()).start(patience, view);
    }

    private <T> CompletableFuture<T> start(@Nullable Duration patience, Function<Optional<Holding>, T> view) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Async.whenDone(outcome, (holding, failure) -> {
            if (holding != null) {
                hand(holding, result, view);
            } else {
                result.completeExceptionally(requireNonNull(failure));
            }
        });
        Async.whenDone(result, (ignored, failure) -> context.run(this::giveUp));
        context.run(() -> begin(patience));
        return result;
    }

    /** Gives the caller its view of the outcome; whoever gets none has nothing to give the place back by. */
    static <T> void hand(Optional<Holding> holding, CompletableFuture<T> result, Function<Optional<Holding>, T> view) {
        try {
            if (!result.complete(view.apply(holding))) {
                holding.ifPresent(Async::giveBack); // the caller gave up at the moment of the grant
            }
        } catch (RuntimeException e) {
            holding.ifPresent(Async::giveBack);
            result.completeExceptionally(e);
        }
    }

    private void begin(@Nullable Duration patience) {
        if (patience != null) {
            // Not on the timer's thread: to withdraw is to send.
            timeout = coord.scheduler()
                    .schedule(patience, () -> Async.callBack(coord, () -> context.run(this::timedOut)));
        }
        if (session.expired().isDone()) {
            turn.queue(); // its failure tells why
            return;
        }
        Async.onSignal(session.expired(), ended, () -> context.run(this::sessionEnded));
        turn.begin();
    }

    // ---- the end

    private void timedOut() {
        if (over) {
            return;
        }
        if (!turn.isQueued() || steps.isInTrouble()) {
            fail(steps.unreachable());
        } else {
            removeKeys();
            finish(Optional.empty());
        }
    }

    /** What the caller's cancelling leads to; nothing, if the claim is decided. */
    private void giveUp() {
        fail(new CancellationException("given up"));
    }

    void sessionEnded() {
        if (!over) {
            steps.notThere();
            fail(new SessionExpiredException(
                    Outcome.NOT_APPLIED,
                    "session " + session.id() + " has ended, nothing is held at " + Want.paths(wants)
                            + "; open a new one"));
        }
    }

    /** Ends it without a place, unless it is over. */
    void fail(Throwable failure) {
        if (over) {
            return;
        }
        removeKeys();
        end();
        Async.callBack(coord, () -> outcome.completeExceptionally(failure));
    }

    /** Ends it with a place, or with the answer that there is none. */
    void finish(Optional<Holding> result) {
        if (result.isEmpty()) {
            terms.release();
        }
        end();
        Async.callBack(coord, () -> outcome.complete(result));
    }

    private void end() {
        over = true;
        turn.end();
        steps.end();
        if (timeout != null) {
            timeout.cancel();
        }
        ended.complete(null);
    }

    private void removeKeys() {
        Async.whenDone(steps.remove(turn.moves()), (done, failure) -> terms.release());
    }
}
