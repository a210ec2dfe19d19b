package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.recipes.internal.Grip.Answer;
import dev.coord.recipes.internal.Grip.Raised;
import dev.coord.recipes.internal.Line.Place;
import dev.coord.time.Scheduler.Timer;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One attempt of a reader to become the writer: see {@link Grip}. */
final class Raise<T> {
    private final Grip grip;
    private final Holding holding;
    private final Coord coord;
    private final Function<Raised, T> view;
    private final Consumer<T> undo;
    private final int writer;
    private final SerialContext context = new SerialContext(this::fail);
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Waiting waiting;

    // The rest is touched in the context only.
    private boolean over;
    private boolean patient;
    /** Whether our permits may be raised in the store. */
    private boolean perhapsWritten;

    /** Whether the store has answered that they are, so that newcomers are kept out. */
    private boolean keptOut;

    private @Nullable Throwable trouble;
    private @Nullable Timer timeout;
    private @Nullable Timer retry;

    Raise(Grip grip, Function<Raised, T> view, Consumer<T> undo) {
        this.grip = grip;
        this.holding = grip.holding();
        this.coord = holding.coord();
        this.view = view;
        this.undo = undo;
        this.writer = grip.nextUpgrade();
        this.waiting = new Waiting(coord, context, this::look, this::fail);
    }

    CompletableFuture<T> start(Duration patience, CompletableFuture<Void> lowered) {
        Async.whenDone(result, (answer, failure) -> context.run(() -> fail(new CancellationException("given up"))));
        context.run(() -> {
            patient = !(patience.isZero() || patience.isNegative());
            if (patient) {
                // Not on the timer's thread: to give up is to send.
                timeout = coord.scheduler()
                        .schedule(patience, () -> Async.callBack(coord, () -> context.run(this::timedOut)));
            }
            Async.onSignal(holding.lost(), ended, () -> context.run(() -> fail(holding.fenced())));
        });
        Async.whenDone(lowered, (done, failure) -> context.run(this::look));
        return result;
    }

    /** Looks at the holders as this peer has them. */
    private void look() {
        read(Consistency.sequential(), this::decide);
    }

    private void read(Consistency consistency, Consumer<Line> next) {
        if (over) {
            return;
        }
        RangeQuery holders = RangeQuery.of(holding.queue().holders());
        Async.run(
                () -> coord.kv().rangeAsync(holders, consistency),
                (state, failure) -> context.run(() -> {
                    if (over) {
                        return;
                    }
                    if (state == null) {
                        failed(requireNonNull(failure));
                    } else {
                        trouble = null;
                        next.accept(line(state));
                    }
                }));
    }

    private Line line(RangeResult state) {
        return Line.of(holding.queue(), Grip.ALL, state);
    }

    private void decide(Line line) {
        Answer inTheWay = inTheWay(line);
        if (line.holder(holding.id()).isEmpty()) {
            fail(holding.fenced());
        } else if (inTheWay != null) {
            // That may be long past in this peer's replica.
            read(Consistency.linearizable(), this::decideForSure);
        } else if (line.holders().size() == 1) {
            send(takeAll(own(line)), revision -> finish(Answer.RAISED, revision));
        } else if (isRaised(line)) {
            keptOut = true;
            waiting.until(WatchSpec.of(holding.queue().holders()).deletesOnly().from(line.revision() + 1));
        } else {
            send(keepOut(own(line)), revision -> look());
        }
    }

    /** With a state that is no older than the request. */
    private void decideForSure(Line line) {
        Answer inTheWay = inTheWay(line);
        if (inTheWay == null) {
            decide(line);
        } else {
            finish(inTheWay, 0);
        }
    }

    private @Nullable Answer inTheWay(Line line) {
        if (line.holders().stream().anyMatch(this::isAnotherWhoRaises)) {
            return Answer.ANOTHER_RAISES;
        }
        return !patient && line.holders().size() > 1 ? Answer.OTHERS_STAYED : null;
    }

    private boolean isRaised(Line line) {
        return own(line).ask().permits() > 1;
    }

    private Place own(Line line) {
        return line.holder(holding.id()).orElseThrow();
    }

    private boolean isAnotherWhoRaises(Place place) {
        return place.ask().permits() > 1 && !place.id().equals(holding.id());
    }

    private Guard alone() {
        return Guard.compare(holding.queue().holders(), Guard.Target.COUNT, Guard.Relation.EQUAL, 1);
    }

    private Txn takeAll(Place own) {
        return orSeeWhy(coord.kv()
                .txn()
                .when(unchanged(own), alone())
                .then(holding.saying(own.ask().withPermits(writer))));
    }

    private Txn keepOut(Place own) {
        return orSeeWhy(coord.kv()
                .txn()
                .when(unchanged(own), Grip.allRead(holding.queue()))
                .then(holding.saying(own.ask().withPermits(Grip.RAISING))));
    }

    /** Still held, and nothing was written to the key that would be lost. */
    private static Guard unchanged(Place own) {
        return Guard.modRevisionIs(own.entry().key(), own.entry().modRevision());
    }

    private Txn orSeeWhy(Txn txn) {
        return txn.otherwise(Op.range(RangeQuery.of(holding.queue().holders())));
    }

    private void send(Txn txn, LongConsumer done) {
        boolean before = perhapsWritten;
        perhapsWritten = true;
        Async.run(
                txn::commitAsync,
                (outcome, failure) -> context.run(() -> {
                    if (outcome == null && isSurelyNotApplied(requireNonNull(failure))) {
                        perhapsWritten = before;
                    }
                    if (over) {
                        return;
                    }
                    if (outcome == null) {
                        failed(requireNonNull(failure));
                    } else if (outcome.succeeded()) {
                        trouble = null;
                        done.accept(outcome.revision());
                    } else {
                        trouble = null;
                        perhapsWritten = before;
                        refused(line(((OpResult.Range) outcome.results().get(0)).result()));
                    }
                }));
    }

    private static boolean isSurelyNotApplied(Throwable failure) {
        return Failures.isSurelyWithoutEffect(failure);
    }

    /** By the holders at that moment. */
    private void refused(Line line) {
        if (line.holder(holding.id()).isEmpty()) {
            fail(holding.fenced());
        } else {
            decideForSure(line);
        }
    }

    // ---- the end

    private void failed(Throwable failure) {
        trouble = failure;
        if (!KeyWait.isPassing(failure)) {
            fail(failure);
        } else if (!patient) {
            fail(unreachable());
        } else {
            // Not on the timer's thread: to send may wait for the log.
            retry = coord.scheduler()
                    .schedule(Removal.RETRY, () -> Async.callBack(coord, () -> context.run(this::look)));
        }
    }

    private UnavailableException unreachable() {
        String message = "no answer from the store in time; " + holding + " goes on reading";
        Throwable cause = trouble;
        return cause == null ? new UnavailableException(message) : new UnavailableException(message, cause);
    }

    private void timedOut() {
        if (keptOut && trouble == null) {
            finish(Answer.OTHERS_STAYED, 0);
        } else {
            fail(unreachable());
        }
    }

    private void finish(Answer answer, long token) {
        if (!end()) {
            return;
        }
        grip.raised(answer, perhapsWritten);
        Async.callBack(coord, () -> {
            T answered = view.apply(new Raised(answer, token, writer));
            if (!result.complete(answered)) {
                undo.accept(answered);
            }
        });
    }

    private void fail(Throwable failure) {
        if (end()) {
            grip.raised(Answer.OTHERS_STAYED, perhapsWritten);
            Async.callBack(coord, () -> result.completeExceptionally(failure));
        }
    }

    private boolean end() {
        if (over) {
            return false;
        }
        over = true;
        waiting.stop();
        if (timeout != null) {
            timeout.cancel();
        }
        if (retry != null) {
            retry.cancel();
        }
        ended.complete(null);
        return true;
    }
}
