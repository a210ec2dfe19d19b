package dev.coord.time;

import java.time.Duration;

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

    /** A task that waits for its time. */
    @FunctionalInterface
    interface Timer {

        /** Cancels the task if it has not begun. Never blocks and does not interrupt a running task. */
        void cancel();
    }
}
