package dev.coord.chaos.wire;

import dev.coord.time.Scheduler;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads on which remote handles call back: one timer, and others for what may block. */
public final class DriverThreads implements Executor, Scheduler, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DriverThreads.class);
    private static final int MOST = 192;
    private static final Duration LONGEST = Duration.ofDays(1);

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, named("driver-timer"));
    private final ThreadPoolExecutor callbacks = new ThreadPoolExecutor(
            MOST, MOST, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), named("driver-callback"));

    /** Starts no thread yet. */
    public DriverThreads() {
        timer.setRemoveOnCancelPolicy(true);
        callbacks.allowCoreThreadTimeOut(true);
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public void execute(Runnable task) {
        try {
            callbacks.execute(() -> safely(task));
        } catch (RejectedExecutionException e) {
            // The run is over.
            log.debug("a callback came after the end");
        }
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        long nanos = delay.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : Math.max(0, delay.toNanos());
        try {
            ScheduledFuture<?> scheduled = timer.schedule(() -> safely(task), nanos, TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException e) {
            return () -> {};
        }
    }

    private static void safely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.error("a callback failed", e);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        callbacks.shutdownNow();
    }
}
