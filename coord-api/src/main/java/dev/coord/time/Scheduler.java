package dev.coord.time;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Runs tasks later, on the clock of the {@link Ticker} it belongs to.
 *
 * <p>Tasks must be short and must not block: all timers of a peer share one thread.
 */
@FunctionalInterface
public interface Scheduler {

    /**
     * Runs a task once, not before the delay has passed.
     *
     * @param delay how long to wait; zero or negative means as soon as possible
     * @param task what to run; if it throws, the error is logged and nothing else suffers
     * @return a handle to cancel the task
     */
    Timer schedule(Duration delay, Runnable task);

    /**
     * Waits until a future is done, with a result or without. Every blocking form of Coord waits through this method: on
     * real time it blocks the caller; on simulated time it lets that time go on, which blocking the only thread would not.
     *
     * @param future what to wait for; its result or failure is left to the caller
     * @throws InterruptedException if interrupted before it was done
     */
    default void await(CompletableFuture<?> future) throws InterruptedException {
        try {
            future.get();
        } catch (ExecutionException | CancellationException e) {
            // Done, which is all that was asked.
        }
    }

    /** A task that waits for its time. */
    @FunctionalInterface
    interface Timer {

        /** Cancels the task if it has not begun. Never blocks and does not interrupt a running task. */
        void cancel();
    }
}
