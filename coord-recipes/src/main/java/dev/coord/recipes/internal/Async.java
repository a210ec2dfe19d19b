package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.recipes.FencedHandle;
import dev.coord.time.Scheduler;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Small helpers around futures. */
public final class Async {

    private Async() {}

    /**
     * Starts an operation and goes on when it has ended.
     *
     * @param <T> its result
     * @param operation starts it; may throw
     * @param next given the result, or the failure itself without the wrapper that dependents of futures see
     */
    public static <T> void run(
            Supplier<CompletableFuture<T>> operation, BiConsumer<@Nullable T, @Nullable Throwable> next) {
        whenDone(start(operation), next);
    }

    /** Goes on when a future has completed; given the failure itself, without a wrapper. */
    static <T> void whenDone(CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> next) {
        CompletableFuture<T> ignored = future.whenComplete((result, failure) -> next.accept(result, unwrap(failure)));
    }

    /**
     * Goes on when a signal is given, unless it is no longer of interest then. Leaves nothing behind on a signal that
     * outlives the interest, as a direct dependent would: {@code anyOf} unhooks itself from the other.
     *
     * @param signal what to wait for
     * @param noInterest completes when it is of no interest any more
     * @param next what to do then
     */
    public static void onSignal(CompletableFuture<Void> signal, CompletableFuture<Void> noInterest, Runnable next) {
        whenDone(CompletableFuture.anyOf(signal, noInterest), (ignored, failure) -> {
            if (!noInterest.isDone()) {
                next.run();
            }
        });
    }

    private static <T> CompletableFuture<T> start(Supplier<CompletableFuture<T>> operation) {
        try {
            return operation.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static @Nullable Throwable unwrap(@Nullable Throwable failure) {
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return failure.getCause();
        }
        return failure;
    }

    /**
     * Returns what an operation's result means.
     *
     * @param <T> the result
     * @param <R> what it means
     * @param operation the operation
     * @param meaning tells it
     * @return completes as the operation does; fails with the failure itself
     */
    public static <T, R> CompletableFuture<R> map(
            CompletableFuture<T> operation, Function<? super T, ? extends R> meaning) {
        return then(operation, result -> CompletableFuture.completedFuture(meaning.apply(result)));
    }

    /**
     * Goes on with another operation.
     *
     * @param <T> the first one's result
     * @param <R> the other one's
     * @param operation the first
     * @param next starts the other
     * @return completes as the other does; fails with the failure itself of either
     */
    public static <T, R> CompletableFuture<R> then(
            CompletableFuture<T> operation, Function<? super T, CompletableFuture<R>> next) {
        CompletableFuture<R> outcome = new CompletableFuture<>();
        whenDone(operation, (result, failure) -> {
            if (result == null) {
                outcome.completeExceptionally(requireNonNull(failure));
                return;
            }
            run(() -> next.apply(result), (second, why) -> {
                if (second == null) {
                    outcome.completeExceptionally(requireNonNull(why));
                } else {
                    outcome.complete(second);
                }
            });
        });
        return outcome;
    }

    /**
     * Forgets the result of an operation.
     *
     * @param operation whose failure counts only
     * @return completes when it has; fails with the failure itself
     */
    public static CompletableFuture<Void> done(CompletableFuture<?> operation) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        whenDone(operation, (result, failure) -> {
            if (failure == null) {
                done.complete(null);
            } else {
                done.completeExceptionally(failure);
            }
        });
        return done;
    }

    /**
     * Runs a task on the callback threads; here, if those are gone because the peer was closed.
     *
     * @param coord whose threads
     * @param task what to run
     */
    public static void callBack(Coord coord, Runnable task) {
        try {
            coord.callbacks().execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    /**
     * Waits for something to be granted.
     *
     * @param <T> the handle
     * @param coord the handle it was asked of
     * @param granted what to wait for
     * @return the handle
     * @throws InterruptedException if interrupted; then the request is given up, and what it brought is given back
     */
    public static <T extends FencedHandle> T awaitHeld(Coord coord, CompletableFuture<T> granted)
            throws InterruptedException {
        return await(coord.scheduler(), granted, Async::giveBack);
    }

    /**
     * Waits for something to be granted or refused.
     *
     * @param <T> the handle
     * @param coord the handle it was asked of
     * @param granted what to wait for
     * @return the handle, empty if refused
     * @throws InterruptedException if interrupted; then the request is given up, and what it brought is given back
     */
    public static <T extends FencedHandle> Optional<T> awaitIfHeld(Coord coord, CompletableFuture<Optional<T>> granted)
            throws InterruptedException {
        return await(coord.scheduler(), granted, held -> held.ifPresent(Async::giveBack));
    }

    /**
     * Waits for an outcome that may bring something to be given back.
     *
     * @param <T> the outcome
     * @param coord the handle it was asked of
     * @param outcome what to wait for
     * @param undo gives back what it brought, if nobody will take it
     * @return the outcome
     * @throws InterruptedException if interrupted; then the request is given up
     */
    public static <T> T awaitOutcome(Coord coord, CompletableFuture<T> outcome, Consumer<T> undo)
            throws InterruptedException {
        return await(coord.scheduler(), outcome, undo);
    }

    /**
     * Waits for an operation to be done.
     *
     * @param coord the handle it goes through
     * @param operation what to wait for
     * @throws InterruptedException if interrupted; the operation goes on
     */
    public static void awaitDone(Coord coord, CompletableFuture<Void> operation) throws InterruptedException {
        await(coord.scheduler(), operation, done -> {});
    }

    /**
     * Ends a blocking call before it began anything.
     *
     * @throws InterruptedException if the thread is interrupted
     */
    public static void refuseIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    static void giveBack(FencedHandle handle) {
        CompletableFuture<Void> ignored = handle.closeAsync();
    }

    private static <T> T await(Scheduler scheduler, CompletableFuture<T> future, Consumer<T> undo)
            throws InterruptedException {
        try {
            scheduler.await(future);
        } catch (InterruptedException | RuntimeException e) {
            // Interrupted, or refused because nobody may wait here: nobody will take what it brings.
            if (!future.cancel(false) && !future.isCompletedExceptionally()) {
                undo.accept(future.join());
            }
            throw e;
        }
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw asUnchecked(e.getCause(), e);
        }
    }

    private static RuntimeException asUnchecked(@Nullable Throwable cause, ExecutionException wrapper) {
        if (cause instanceof Error error) {
            throw error;
        }
        if (!(cause instanceof RuntimeException failure)) {
            return new IllegalStateException(wrapper);
        }
        // The stack trace begins with who was waiting; where the failure came from is kept besides.
        Throwable origin = new Throwable("where it failed");
        origin.setStackTrace(failure.getStackTrace());
        failure.addSuppressed(origin);
        failure.setStackTrace(new Throwable().getStackTrace());
        return failure;
    }
}
