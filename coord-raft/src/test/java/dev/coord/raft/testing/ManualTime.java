package dev.coord.raft.testing;

import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;

/**
 * A clock that moves when a test says so, with its timers and an executor: what is due runs on the test's thread, in the
 * order of time and then of arrival, so that a run is a function of its seed. Not safe for use by several threads.
 */
public final class ManualTime implements Ticker, Scheduler, Executor {
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::number));
    private long now;
    private long count;

    private record Task(long at, long number, Runnable run) {}

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public Timer schedule(Duration delay, Runnable run) {
        return at(now + Math.max(0, delay.toNanos()), run);
    }

    private Timer at(long nanos, Runnable run) {
        Task task = new Task(nanos, count++, run);
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    @Override
    public void execute(Runnable task) {
        at(now, task);
    }

    /** Runs the next task that is due within the limit, moving the clock on to it; false if there is none. */
    public boolean step(long limitNanos) {
        Task next = tasks.peek();
        if (next == null || next.at() > limitNanos) {
            now = Math.max(now, limitNanos);
            return false;
        }
        tasks.poll();
        now = Math.max(now, next.at());
        next.run().run();
        return true;
    }

    /** Moves the clock on, running what is due on the way. */
    public void advance(Duration duration) {
        long end = now + duration.toNanos();
        while (step(end)) {}
    }

    /** A clock of its own origin that runs faster than this one (a rate above 1) or slower. */
    public Clock clock(double rate, long origin) {
        return new Clock(rate, origin);
    }

    /** A peer's clock, with its timers. */
    public final class Clock implements Ticker, Scheduler {
        private final double rate;
        private final long origin;

        private Clock(double rate, long origin) {
            this.rate = rate;
            this.origin = origin;
        }

        @Override
        public long nanos() {
            return origin + (long) (now * rate);
        }

        @Override
        public Timer schedule(Duration delay, Runnable run) {
            return at(now + (long) Math.ceil(Math.max(0, delay.toNanos()) / rate) + 1, run);
        }
    }
}
