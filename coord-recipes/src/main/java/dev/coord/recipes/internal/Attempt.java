package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException.Outcome;
import dev.coord.SessionExpiredException;
import dev.coord.time.Scheduler.Timer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that takes several operations and perhaps a wait, from its request until it has succeeded, failed, run out of
 * patience or been given up. Its steps run one at a time, and none once it is over: so what is sent then to undo it is
 * behind all that it did, in the session's order of operations.
 *
 * @param <T> what comes of it
 */
public abstract class Attempt<T> {
    private final Coord coord;
    private final SerialContext context = new SerialContext(this::fail);
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    // The rest is touched in the context only.
    private boolean over;
    private @Nullable Timer timeout;
    private @Nullable Timer retry;

    /**
     * Creates an attempt that has not begun.
     *
     * @param coord the handle
     */
    protected Attempt(Coord coord) {
        this.coord = requireNonNull(coord, "coord");
    }

    /**
     * Begins.
     *
     * @param patience after how long {@link #timedOut} is called, or null for never
     * @return the outcome; to cancel it is to give up
     */
    public final CompletableFuture<T> start(@Nullable Duration patience) {
        CompletableFuture<T> ignored = result.whenComplete((value, failure) -> context.run(this::resultDone));
        context.run(() -> {
            if (patience != null) {
                timeout = later(patience, this::timedOut);
            }
            begin();
        });
        Async.onSignal(
                coord.session().expired(),
                ended,
                () -> context.run(() -> {
                    if (!over) {
                        fail(sessionEnded());
                    }
                }));
        return result;
    }

    /** Takes the first step. */
    protected abstract void begin();

    /** Called when patience has ended; is to end the attempt, sooner or later. */
    protected abstract void timedOut();

    /** Called when the attempt has ended without success: is to undo what was done, in the background. */
    protected abstract void undo();

    /**
     * Called with a success that nobody wants any more: is to give it back, in the background.
     *
     * @param value the outcome
     */
    protected abstract void unwanted(T value);

    /**
     * Takes a step.
     *
     * @param <R> its result
     * @param operation starts it
     * @param repeatable whether it does no harm to start it again if it was perhaps done
     * @param next given the result, unless it is over by then
     */
    protected final <R> void step(
            Supplier<CompletableFuture<R>> operation, boolean repeatable, Consumer<? super R> next) {
        Async.run(
                operation,
                (value, failure) -> context.run(() -> {
                    if (over) {
                        return;
                    }
                    if (failure == null) {
                        next.accept(requireNonNull(value));
                    } else if (KeyWait.isPassing(failure) && (repeatable || isSurelyNotDone(failure))) {
                        failing(failure);
                        if (!over) {
                            retry = later(Removal.RETRY, () -> step(operation, repeatable, next));
                        }
                    } else {
                        fail(failure);
                    }
                }));
    }

    private static boolean isSurelyNotDone(Throwable failure) {
        return Failures.isSurelyWithoutEffect(failure);
    }

    /**
     * Called when a step failed and is to be repeated; may end the attempt.
     *
     * @param failure why
     */
    protected void failing(Throwable failure) {}

    /**
     * Runs something in the order of steps, such as what a watch calls.
     *
     * @param task what to run, unless it is over by then
     */
    protected final void enter(Runnable task) {
        context.run(() -> {
            if (!over) {
                task.run();
            }
        });
    }

    /** Not on the timer's thread: to send may take a while. */
    private Timer later(Duration delay, Runnable task) {
        return coord.scheduler().schedule(delay, () -> Async.callBack(coord, () -> enter(task)));
    }

    /**
     * Ends with success.
     *
     * @param value the outcome
     */
    protected final void finish(T value) {
        end();
        Async.callBack(coord, () -> {
            if (!result.complete(value)) {
                unwanted(value);
            }
        });
    }

    /**
     * Ends with a failure, and undoes what was done.
     *
     * @param failure why
     */
    protected final void fail(Throwable failure) {
        if (!over) {
            end();
            undo();
            Async.callBack(coord, () -> result.completeExceptionally(failure));
        }
    }

    private void resultDone() {
        if (!over) {
            end();
            undo();
        }
    }

    private void end() {
        over = true;
        for (Timer timer : new @Nullable Timer[] {timeout, retry}) {
            if (timer != null) {
                timer.cancel();
            }
        }
        ended.complete(null);
        stop();
    }

    /** Called when it is over: is to close watches. */
    protected void stop() {}

    private SessionExpiredException sessionEnded() {
        return new SessionExpiredException(
                Outcome.NOT_APPLIED, "session " + coord.session().id() + " has ended; open a new one");
    }

    /**
     * Returns the handle.
     *
     * @return as given
     */
    protected final Coord coord() {
        return coord;
    }
}
