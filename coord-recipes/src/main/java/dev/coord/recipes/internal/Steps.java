package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.CompactedException;
import dev.coord.Coord;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.time.Scheduler.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a claim does in the store, one step after the other: looks at the queues, and moves. A step that fails for reasons that
 * pass is repeated a little later, unless the claim is not to wait; one that fails for others ends the claim, and so nothing
 * follows a step once the claim is over.
 *
 * <p>The keys' names are unique, so moves whose outcome is unknown are simply followed by others; the session's order of
 * operations puts the removal of a claim given up behind all its moves.
 *
 * <p>Touched in the claim's context only.
 */
final class Steps {
    private final Coord coord;
    private final List<Want> wants;
    private final Terms terms;
    private final SerialContext context;
    private final Consumer<Throwable> fail;

    private boolean over;
    /** Whether a key of the claim may be in the store. */
    private boolean perhapsThere;

    private @Nullable Throwable trouble;
    private @Nullable Timer retry;

    /**
     * Takes no step yet.
     *
     * @param fail ends the claim
     */
    Steps(Coord coord, List<Want> wants, Terms terms, SerialContext context, Consumer<Throwable> fail) {
        this.coord = coord;
        this.wants = wants;
        this.terms = terms;
        this.context = context;
        this.fail = fail;
    }

    // ---- looking

    /** Reads the queues, all at one revision. */
    void read(Consistency consistency, Consumer<List<Line>> next) {
        if (over) {
            return;
        }
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
        if (!(KeyWait.isPassingOrFull(failure) || failure instanceof CompactedException)) {
            fail.accept(failure);
        } else {
            retryOrFail(() -> read(consistency, next));
        }
    }

    // ---- moving

    /**
     * Makes a move.
     *
     * @param again what to do later if it was perhaps made, or one before it: a move that settles that
     * @param refused what to do later if no move was made, with the queues as they are then
     * @param next what to do with the answer
     */
    void send(Txn move, Runnable again, Consumer<List<Line>> refused, Consumer<TxnResult> next) {
        boolean before = perhapsThere;
        perhapsThere = true;
        Async.run(
                move::commitAsync,
                (result, failure) -> context.run(() -> {
                    if (result == null && isSurelyNotDone(requireNonNull(failure))) {
                        perhapsThere = before;
                    }
                    if (over) {
                        return; // the removal follows behind
                    }
                    if (result == null) {
                        sendFailed(requireNonNull(failure), again, refused);
                    } else {
                        trouble = null;
                        next.accept(result);
                    }
                }));
    }

    private static boolean isSurelyNotDone(Throwable failure) {
        return Failures.isSurelyWithoutEffect(failure);
    }

    private void sendFailed(Throwable failure, Runnable again, Consumer<List<Line>> refused) {
        trouble = failure;
        if (!KeyWait.isPassing(failure)) {
            fail.accept(failure);
        } else {
            retryOrFail(perhapsThere ? again : () -> read(Consistency.sequential(), refused));
        }
    }

    /** The store has answered that no key of the claim is there. */
    void notThere() {
        perhapsThere = false;
    }

    // ---- trouble

    /** Does something a little later; or, if the claim is not to wait, ends it. */
    void retryOrFail(Runnable action) {
        if (terms.isOnlyIfFree()) {
            fail.accept(unreachable());
        } else {
            retryLater(action);
        }
    }

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

    /** Whether the last step failed, and is to be repeated. */
    boolean isInTrouble() {
        return trouble != null;
    }

    UnavailableException unreachable() {
        String message = "no answer from the store in time for a place at " + Want.paths(wants) + "; nothing is held";
        Throwable cause = trouble;
        return cause == null ? new UnavailableException(message) : new UnavailableException(message, cause);
    }

    // ---- the end

    /** Takes no further step. */
    void end() {
        over = true;
        if (retry != null) {
            retry.cancel();
        }
    }

    /**
     * Takes the claim's keys out of the store, if there may be any.
     *
     * @return completes when they are gone
     */
    CompletableFuture<Void> remove(Moves moves) {
        return perhapsThere
                ? Removal.start(coord, moves::remove, moves::remove)
                : CompletableFuture.completedFuture(null);
    }
}
