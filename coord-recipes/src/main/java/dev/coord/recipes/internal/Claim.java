package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.CompactedException;
import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.FencedException;
import dev.coord.IndeterminateException;
import dev.coord.LeaseExpiredException;
import dev.coord.LimitExceededException;
import dev.coord.SessionExpiredException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.lease.Session;
import dev.coord.recipes.internal.Line.Place;
import dev.coord.time.Scheduler.Timer;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
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
 * <p>The keys' names are unique, so moves whose outcome is unknown are simply followed by others; the session's order of
 * operations puts the removal of a claim given up behind all its moves.
 */
public final class Claim {
    private final Coord coord;
    private final Session session;
    private final List<Want> wants;
    private final Terms terms;
    private final String id;
    private final Moves moves;
    private final SerialContext context = new SerialContext(this::fail);
    private final CompletableFuture<Optional<Holding>> outcome = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Waiting waiting;

    // The rest is touched in the context only.
    private boolean over;
    /** Whether a key of ours may be in the store. */
    private boolean perhapsThere;
    /** Whether the store has answered that we wait. */
    private boolean queued;

    private @Nullable Throwable trouble;
    private @Nullable Timer retry;
    private @Nullable Timer timeout;

    private Claim(Coord coord, List<Want> wants, Terms terms) {
        this.coord = coord;
        this.session = coord.session();
        this.wants = wants;
        this.terms = terms;
        this.id = QueuePath.newId(session);
        this.moves = new Moves(coord, wants, id, terms.leaseId(session));
        this.waiting = new Waiting(coord, context, this::look, this::watchEnded);
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

    private static <T> void hand(
            Optional<Holding> holding, CompletableFuture<T> result, Function<Optional<Holding>, T> view) {
        try {
            if (!result.complete(view.apply(holding))) {
                holding.ifPresent(Async::giveBack); // the caller gave up at the moment of the grant
            }
        } catch (CoordException e) {
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
            queue(); // its failure tells why
            return;
        }
        Async.onSignal(session.expired(), ended, () -> context.run(this::sessionEnded));
        read(Consistency.sequential(), this::ask);
    }

    // ---- into the queue

    private void ask(List<Line> lines) {
        if (admitsNewcomer(lines)) {
            send(moves.enter(lines, !terms.isOnlyIfFree()), this::ask, this::entered);
        } else if (terms.isOnlyIfFree()) {
            // The replica may be behind.
            read(Consistency.linearizable(), this::tryOnce);
        } else {
            queue();
        }
    }

    /** With a state that is no older than the request. */
    private void tryOnce(List<Line> lines) {
        if (admitsNewcomer(lines)) {
            ask(lines);
        } else if (!isTooMuch(lines)) {
            finish(Optional.empty());
        }
    }

    /** With a state that is no older than the request. If the capacity is lowered later, we wait until it is raised. */
    private void decideFirst(List<Line> lines) {
        if (!isTooMuch(lines)) {
            decide(lines);
        }
    }

    /** Fails if more was asked for than there is. */
    private boolean isTooMuch(List<Line> lines) {
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            if (!line.fits(wants.get(i).ask())) {
                fail(new LimitExceededException(wants.get(i).ask().permits() + " permits were asked for of the "
                        + line.capacity() + " of " + line.queue().path() + "; ask for fewer, or raise its limit"));
                return true;
            }
        }
        return false;
    }

    private boolean admitsNewcomer(List<Line> lines) {
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).admitsNewcomer(wants.get(i).ask())) {
                return false;
            }
        }
        return true;
    }

    private void entered(TxnResult result) {
        Consistency after = Consistency.atLeast(result.revision());
        if (result.succeeded()) {
            grant(result.revision());
        } else if (terms.isOnlyIfFree()) {
            perhapsThere = false;
            read(after, this::tryOnce);
        } else {
            queued = true;
            read(after, this::decideFirst);
        }
    }

    private void queue() {
        send(moves.queue(), lines -> queue(), result -> {
            queued = true;
            read(Consistency.atLeast(result.revision()), this::decideFirst);
        });
    }

    /** Makes a move; if its outcome stays unknown, settles it by another later. */
    private void send(Txn move, Consumer<List<Line>> refused, Consumer<TxnResult> next) {
        boolean before = perhapsThere;
        perhapsThere = true;
        Async.run(
                move::commitAsync,
                (result, failure) -> context.run(() -> {
                    if (result == null) {
                        sendFailed(requireNonNull(failure), before, refused);
                    } else if (!over) {
                        trouble = null;
                        next.accept(result);
                    } // else the removal follows behind
                }));
    }

    private void sendFailed(Throwable failure, boolean before, Consumer<List<Line>> refused) {
        boolean without = failure instanceof CoordException error && error.outcome() == Outcome.NOT_APPLIED;
        if (without) {
            perhapsThere = before;
        }
        if (over) {
            return;
        }
        trouble = failure;
        if (!isPassing(failure)) {
            fail(failure);
        } else if (terms.isOnlyIfFree()) {
            fail(unreachable());
        } else if (perhapsThere) {
            retryLater(this::queue);
        } else {
            retryLater(() -> read(Consistency.sequential(), refused));
        }
    }

    /** Whether it may go better another time. */
    static boolean isPassing(@Nullable Throwable failure) {
        return failure instanceof UnavailableException || failure instanceof IndeterminateException;
    }

    // ---- in the queue

    /** Looks at the queues as this peer has them. */
    private void look() {
        read(Consistency.sequential(), this::decide);
    }

    private void decide(List<Line> lines) {
        Optional<Place> held = lines.get(0).holder(id);
        if (held.isPresent()) {
            grant(held.get().since());
            return;
        }
        if (lines.stream().anyMatch(line -> line.waiter(id).isEmpty())) {
            placeGone();
            return;
        }
        Line full = firstFull(lines);
        if (full == null) {
            advance(lines);
        } else {
            await(full);
        }
    }

    /** The replica may know of the session's end before the session does. */
    private void placeGone() {
        if (coord.leases().find(session.id()).isEmpty()) {
            sessionEnded();
        } else {
            fail(new FencedException("the place " + id + " in the queue of " + paths() + " was deleted by others"));
        }
    }

    private @Nullable Line firstFull(List<Line> lines) {
        for (Line line : lines) {
            if (!line.admits(id)) {
                return line;
            }
        }
        return null;
    }

    /** There is room. Whoever may be promoted by others and is before us, is promoted with us. */
    private void advance(List<Line> lines) {
        Line line = lines.get(0);
        if (lines.size() > 1 || line.waiter(id).orElseThrow().ask().alone()) {
            send(moves.promote(lines), this::decide, this::moved);
        } else if (Moves.promotable(line).stream().anyMatch(place -> place.id().equals(id))) {
            send(moves.promoteAll(line), this::decide, this::moved);
        } else {
            await(line); // for the one before: more have their turn than one transaction takes
        }
    }

    private void moved(TxnResult result) {
        read(Consistency.atLeast(result.revision()), this::decide);
    }

    private void await(Line line) {
        QueuePath queue = line.queue();
        Place before = line.before(id);
        WatchSpec ahead = before == null
                ? WatchSpec.of(queue.holders())
                : WatchSpec.of(KeyRange.key(before.entry().key())).deletesOnly();
        waiting.until(ahead.from(line.revision() + 1));
        if (before != null && before.ask().alone()) {
            // It may wait elsewhere and not be woken by what makes room here, so whatever leaves wakes us.
            waiting.orUntil(WatchSpec.of(queue.range()).deletesOnly().from(line.revision() + 1));
            waiting.orUntil(WatchSpec.of(queue.holders()).from(line.revision() + 1));
        }
        if (terms.isMovable() && before != null) {
            WatchSpec own = WatchSpec.of(KeyRange.key(queue.waiterKey(id))).deletesOnly();
            waiting.orUntil(own.from(line.revision() + 1));
        }
        check();
    }

    private void check() {
        WaitCheck check = terms.check();
        if (check != null) {
            Async.run(
                    () -> check.look(id),
                    (found, failure) -> context.run(() -> {
                        if (failure != null) {
                            fail(failure);
                        } else {
                            requireNonNull(found).ifPresent(this::fail);
                        }
                    }));
        }
    }

    private void watchEnded(CoordException cause) {
        if (Removal.endsSession(cause)) {
            fail(cause);
        } else {
            look();
        }
    }

    private void grant(long token) {
        Stretch stretch = new Stretch(coord, terms);
        if (terms.isOver()) {
            fail(new LeaseExpiredException(terms.leaseId(session)));
            return;
        }
        if (!stretch.lasts()) {
            notCertain();
            return;
        }
        Holding holding = new Holding(coord, wants, terms, id, token, stretch);
        holding.open();
        finish(Optional.of(holding));
    }

    /** The session has lapsed: it may recover, and the place is then as good as before. */
    private void notCertain() {
        if (terms.isOnlyIfFree()) {
            fail(unreachable());
        } else {
            retryLater(this::look);
        }
    }

    // ---- reading

    /** Reads the queues, all at one revision. */
    private void read(Consistency consistency, Consumer<List<Line>> next) {
        if (over) {
            return;
        }
        waiting.stop();
        List<Line> lines = new ArrayList<>();
        readInto(lines, consistency, (done, failure) -> {
            if (over) {
                return;
            }
            if (failure == null) {
                trouble = null;
                next.accept(lines);
            } else {
                readFailed(failure, consistency, next);
            }
        });
    }

    private void readInto(List<Line> lines, Consistency consistency, BiConsumer<Boolean, @Nullable Throwable> next) {
        Want want = wants.get(lines.size());
        Async.run(
                () -> coord.kv().rangeAsync(want.everybody(), consistency),
                (state, failure) -> context.run(() -> readOne(lines, want, state, failure, next)));
    }

    private void readOne(
            List<Line> lines,
            Want want,
            @Nullable RangeResult state,
            @Nullable Throwable failure,
            BiConsumer<Boolean, @Nullable Throwable> next) {
        if (state == null) {
            next.accept(false, requireNonNull(failure));
            return;
        }
        lines.add(want.line(state));
        if (lines.size() == wants.size()) {
            next.accept(true, null);
        } else {
            readInto(lines, Consistency.at(state.revision()), next);
        }
    }

    private void readFailed(Throwable failure, Consistency consistency, Consumer<List<Line>> next) {
        trouble = failure;
        if (!(isPassing(failure) || failure instanceof CompactedException)) {
            fail(failure);
        } else if (terms.isOnlyIfFree()) {
            fail(unreachable());
        } else {
            retryLater(() -> read(consistency, next));
        }
    }

    // ---- the end

    private void retryLater(Runnable action) {
        // Not on the timer's thread: to send may wait for the log.
        retry = coord.scheduler()
                .schedule(
                        Removal.RETRY,
                        () -> Async.callBack(
                                coord,
                                () -> context.run(() -> {
                                    if (!over) {
                                        action.run();
                                    }
                                })));
    }

    private void timedOut() {
        if (over) {
            return;
        }
        if (!queued || trouble != null) {
            fail(unreachable());
        } else {
            removeKeys();
            finish(Optional.empty());
        }
    }

    private UnavailableException unreachable() {
        String message = "no answer from the store in time for a place at " + paths() + "; nothing is held";
        Throwable cause = trouble;
        return cause == null ? new UnavailableException(message) : new UnavailableException(message, cause);
    }

    private String paths() {
        return wants.size() == 1
                ? wants.get(0).queue().path()
                : wants.stream().map(want -> want.queue().path()).toList().toString();
    }

    /** What the caller's cancelling leads to; nothing, if the claim is decided. */
    private void giveUp() {
        fail(new CancellationException("given up"));
    }

    private void sessionEnded() {
        if (!over) {
            perhapsThere = false;
            fail(new SessionExpiredException(
                    Outcome.NOT_APPLIED,
                    "session " + session.id() + " has ended, nothing is held at " + paths() + "; open a new one"));
        }
    }

    private void fail(Throwable failure) {
        if (over) {
            return;
        }
        removeKeys();
        end();
        Async.callBack(coord, () -> outcome.completeExceptionally(failure));
    }

    private void finish(Optional<Holding> result) {
        if (result.isEmpty()) {
            terms.release();
        }
        end();
        Async.callBack(coord, () -> outcome.complete(result));
    }

    private void end() {
        over = true;
        waiting.stop();
        if (timeout != null) {
            timeout.cancel();
        }
        if (retry != null) {
            retry.cancel();
        }
        ended.complete(null);
    }

    private void removeKeys() {
        if (perhapsThere) {
            Async.whenDone(Removal.start(coord, moves::remove, moves::remove), (done, failure) -> terms.release());
        } else {
            terms.release();
        }
    }
}
