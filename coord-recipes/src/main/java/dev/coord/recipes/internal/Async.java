package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.recipes.FencedHandle;
import dev.coord.time.Scheduler;
import dev.coord.time.Scheduler.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Small helpers around futures. */
public final class Async {
    private static final int MOST_INTERRUPTS = 100;

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

    /**
     * Goes on when a future has completed.
     *
     * @param <T> its result
     * @param future what to wait for
     * @param next given the result, or the failure itself without the wrapper that dependents of futures see
     */
    public static <T> void whenDone(CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> next) {
        CompletableFuture<T> ignored = future.whenComplete((result, failure) -> next.accept(result, unwrap(failure)));
    }

    /**
     * Returns a future of its own for a part of what another brings: to cancel it leaves the other alone.
     *
     * @param <S> what the other brings
     * @param <T> the part
     * @param future the other
     * @param part makes the part; may throw
     * @return the part; fails with the other's failure itself, without a wrapper
     */
    public static <S, T> CompletableFuture<T> map(CompletableFuture<S> future, Function<S, T> part) {
        CompletableFuture<T> mapped = new CompletableFuture<>();
        CompletableFuture<Void> ignored = future.handle((result, failure) -> {
            Throwable itself = unwrap(failure);
            if (itself != null) {
                mapped.completeExceptionally(itself);
                return null;
            }
            try {
                mapped.complete(part.apply(result));
            } catch (RuntimeException e) {
                mapped.completeExceptionally(e);
            }
            return null;
        });
        return mapped;
    }

    /**
     * Goes on when a signal is given, unless it is no longer of interest then. Leaves nothing behind on a signal that
     * outlives the interest, as a direct dependent would: {@code anyOf} unhooks itself from the other.
     *
     * @param signal what to wait for
     * @param noInterest completes when the signal is of no interest any more
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
        return then(() -> operation, next);
    }

    /**
     * Forgets the result of an operation.
     *
     * @param operation whose failure counts only
     * @return completes when it has; fails with the failure itself
     */
    public static CompletableFuture<Void> done(CompletableFuture<?> operation) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        whenDone(operation, (result, failure) -> settle(done, null, failure));
        return done;
    }

    /**
     * Runs a task on the callback threads; here, if those are gone because the peer was closed.
     *
     * @param coord whose
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
     * Runs a task later, on the callback threads, where it may do what the timer's thread must not.
     *
     * @param coord whose time and threads
     * @param delay how long from now
     * @param task what to run
     * @return cancels it
     */
    public static Timer later(Coord coord, Duration delay, Runnable task) {
        return coord.scheduler().schedule(delay, () -> callBack(coord, task));
    }

    /**
     * Returns a future for the application, whose dependents run on the callback threads.
     *
     * @param <T> the result
     * @param coord whose
     * @param future completed by a thread that must not be held up
     * @return completes as the other does, and fails with the failure itself; to cancel it leaves the other alone
     */
    public static <T> CompletableFuture<T> calledBack(Coord coord, CompletableFuture<T> future) {
        if (future.isDone()) {
            return future;
        }
        CompletableFuture<T> toldLater = new CompletableFuture<>();
        whenDone(future, (result, failure) -> callBack(coord, () -> settle(toldLater, result, failure)));
        return toldLater;
    }

    /**
     * Starts an operation and returns what its result is turned into. The future fails with the failure itself; to cancel
     * it is to cancel the operation.
     *
     * @param <A> the operation's result
     * @param <B> what is made of it
     * @param operation starts it; may throw
     * @param view what to make of the result; may throw, preferably a {@link dev.coord.CoordException}
     * @return the outcome
     */
    public static <A, B> CompletableFuture<B> map(
            Supplier<CompletableFuture<A>> operation, Function<? super A, ? extends B> view) {
        return then(operation, result -> CompletableFuture.completedFuture(view.apply(result)));
    }

    /**
     * Does the same with a result that holds something.
     *
     * @param <A> the operation's result
     * @param <B> what is made of it
     * @param operation starts it; may throw
     * @param view what to make of the result
     * @param unwanted gives back what was made, if the outcome was cancelled at that moment
     * @return the outcome
     */
    public static <A, B> CompletableFuture<B> map(
            Supplier<CompletableFuture<A>> operation,
            Function<? super A, ? extends B> view,
            Consumer<? super B> unwanted) {
        CompletableFuture<B> outcome = new CompletableFuture<>();
        CompletableFuture<A> first = start(operation);
        cancelWith(outcome, first);
        whenDone(first, (result, failure) -> {
            if (result == null) {
                outcome.completeExceptionally(requireNonNull(failure));
                return;
            }
            B made = view.apply(result);
            if (!outcome.complete(made)) {
                unwanted.accept(made);
            }
        });
        return outcome;
    }

    /**
     * Starts an operation and goes on with another. The future fails with the failure itself; to cancel it is to cancel
     * what is under way.
     *
     * @param <A> the first one's result
     * @param <B> the other's
     * @param operation starts the first; may throw
     * @param next starts the other; may throw
     * @return the other's outcome
     */
    public static <A, B> CompletableFuture<B> then(
            Supplier<CompletableFuture<A>> operation, Function<? super A, CompletableFuture<B>> next) {
        CompletableFuture<B> outcome = new CompletableFuture<>();
        CompletableFuture<A> first = start(operation);
        cancelWith(outcome, first);
        // Not told apart by null: a future of nothing has null for its result.
        CompletableFuture<A> ignored = first.whenComplete((result, failure) -> {
            if (failure != null) {
                outcome.completeExceptionally(requireNonNull(unwrap(failure)));
            } else {
                CompletableFuture<B> second = start(() -> next.apply(result));
                cancelWith(outcome, second);
                pass(second, outcome);
            }
        });
        return outcome;
    }

    private static <T> void pass(CompletableFuture<T> from, CompletableFuture<T> to) {
        whenDone(from, (result, failure) -> settle(to, result, failure));
    }

    /**
     * Completes a future.
     *
     * @param <T> its result
     * @param future what to complete
     * @param result its result, which may be null also where it has not failed
     * @param failure why there is none; null if there is
     */
    public static <T> void settle(CompletableFuture<T> future, @Nullable T result, @Nullable Throwable failure) {
        if (failure == null) {
            future.complete(result);
        } else {
            future.completeExceptionally(failure);
        }
    }

    private static void cancelWith(CompletableFuture<?> outcome, CompletableFuture<?> operation) {
        CompletableFuture<?> ignored = outcome.whenComplete((result, failure) -> {
            if (outcome.isCancelled()) {
                operation.cancel(false);
            }
        });
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
     * Waits for something to be granted or refused, whatever interrupts.
     *
     * @param <T> the handle
     * @param coord the handle it was asked of
     * @param granted what to wait for
     * @return the handle, empty if refused; an interrupt is kept
     * @throws IllegalStateException if interrupted {@value #MOST_INTERRUPTS} times, as a thread that is to end is; then the
     *     request is given up
     */
    public static <T extends FencedHandle> Optional<T> awaitUninterruptibly(
            Coord coord, CompletableFuture<Optional<T>> granted) {
        boolean interrupted = Thread.interrupted();
        boolean over = false;
        try {
            for (int i = 0; i < MOST_INTERRUPTS; i++) {
                try {
                    coord.scheduler().await(granted);
                    over = true;
                    return resultOf(granted);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            throw new IllegalStateException("interrupted " + MOST_INTERRUPTS + " times; nothing is held");
        } finally {
            if (!over) {
                abandon(granted, held -> held.ifPresent(Async::giveBack));
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
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
     * Waits for the result of an operation.
     *
     * @param <T> its result
     * @param coord the handle it goes through
     * @param operation what to wait for
     * @param undo given the result if it came though the wait was given up
     * @return the result
     * @throws InterruptedException if interrupted; then the operation is cancelled
     */
    public static <T> T await(Coord coord, CompletableFuture<T> operation, Consumer<T> undo)
            throws InterruptedException {
        return await(coord.scheduler(), operation, undo);
    }

    /**
     * Waits for the result of an operation that leaves nothing to be given back.
     *
     * @param <T> its result
     * @param coord the handle it goes through
     * @param operation what to wait for; cancelled if the wait is interrupted, so not a future that others wait for
     * @return the result
     * @throws InterruptedException if interrupted
     */
    public static <T> T await(Coord coord, CompletableFuture<T> operation) throws InterruptedException {
        return await(coord.scheduler(), operation, result -> {});
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

    /**
     * Gives up what was granted to somebody who does not want it any more.
     *
     * @param handle what is held
     */
    public static void giveBack(FencedHandle handle) {
        CompletableFuture<Void> ignored = handle.closeAsync();
    }

    private static <T> T await(Scheduler scheduler, CompletableFuture<T> future, Consumer<T> undo)
            throws InterruptedException {
        try {
            scheduler.await(future);
        } catch (InterruptedException | RuntimeException e) {
            // Interrupted, or refused because nobody may wait here: nobody will take what it brings.
            abandon(future, undo);
            throw e;
        }
        return resultOf(future);
    }

    private static <T> void abandon(CompletableFuture<T> future, Consumer<T> undo) {
        if (!future.cancel(false) && !future.isCompletedExceptionally()) {
            undo.accept(future.join());
        }
    }

    private static <T> T resultOf(CompletableFuture<T> done) {
        try {
            return done.join();
        } catch (CompletionException e) {
            throw asUnchecked(e.getCause(), e);
        }
    }

    private static RuntimeException asUnchecked(@Nullable Throwable cause, CompletionException wrapper) {
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
