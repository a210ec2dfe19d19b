package dev.coord.raft;

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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of a peer but for Raft's and the network's; docs/concurrency.md says what each may touch. */
final class PeerThreads implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PeerThreads.class);
    private static final int WORKERS = 3;
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor work;
    private final CallbackPool callbacks;
    private volatile @Nullable Thread timerThread;

    PeerThreads(String peer) {
        timer = new ScheduledThreadPoolExecutor(1, remembering(named(peer, "timer")));
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        work = new ThreadPoolExecutor(
                WORKERS, WORKERS, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), named(peer, "work"));
        callbacks = new CallbackPool(named(peer, "callback"), this::schedule, this::isTimer);
    }

    private ThreadFactory remembering(ThreadFactory factory) {
        return task -> {
            Thread thread = factory.newThread(task);
            timerThread = thread;
            return thread;
        };
    }

    private boolean isTimer() {
        return Thread.currentThread().equals(timerThread);
    }

    /**
     * Makes threads of the present thread group, whoever needs them later: those of Raft's group are interrupted when Raft
     * closes, and waited for.
     */
    static ThreadFactory named(String peer, String role) {
        AtomicInteger number = new AtomicInteger();
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        return task -> {
            Thread thread = new Thread(group, task, "coord-" + peer + "-" + role + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    Scheduler scheduler() {
        return this::schedule;
    }

    private Scheduler.Timer schedule(Duration delay, Runnable task) {
        // A delay of any length: longer ones end with the process.
        long nanos = delay.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : Math.max(0, delay.toNanos());
        try {
            ScheduledFuture<?> scheduled = timer.schedule(() -> safely(task), nanos, TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException e) {
            // The peer is closing: nothing waits for time any more.
            return () -> {};
        }
    }

    private static void safely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.error("a timer's task failed; please report it", e);
        }
    }

    /** Runs our own tasks; after the close they run on the caller's thread, so that nothing waits for ever. */
    Executor work() {
        return task -> {
            try {
                work.execute(task);
            } catch (RejectedExecutionException e) {
                task.run();
            }
        };
    }

    int callbacksWaiting() {
        return callbacks.waiting();
    }

    int callbackThreads() {
        return callbacks.threads();
    }

    Executor callbacks() {
        return callbacks;
    }

    /** Stops the threads. Callbacks in progress are not waited for when it is one of them that closes. */
    @Override
    public void close() {
        timer.shutdownNow();
        work.shutdown();
        callbacks.shutdown();
        await(timer);
        await(work);
        callbacks.awaitEnd();
    }

    private static void await(ThreadPoolExecutor pool) {
        try {
            if (!pool.awaitTermination(5, TimeUnit.SECONDS)) {
                log.warn("threads of a closed peer are still busy: {}", pool);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
