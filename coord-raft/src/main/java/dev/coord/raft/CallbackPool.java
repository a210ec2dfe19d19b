package dev.coord.raft;

import dev.coord.raft.internal.client.CallbackExecutor;
import dev.coord.time.Scheduler;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the user's code. A few threads suffice as long as callbacks are brief; when tasks wait and none has ended for a
 * moment, callbacks must be blocking, and a thread is added, so that one that blocks delays only itself.
 */
final class CallbackPool implements CallbackExecutor {
    private static final Logger log = LoggerFactory.getLogger(CallbackPool.class);
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final int CORE = Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final int MAX = 512;

    private final ThreadPoolExecutor pool;
    private final Scheduler scheduler;
    private final BooleanSupplier isTimer;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean looking = new AtomicBoolean();
    private long completedAtLastLook = -1;

    CallbackPool(ThreadFactory factory, Scheduler scheduler, BooleanSupplier isTimer) {
        this.scheduler = scheduler;
        this.isTimer = isTimer;
        this.pool = new ThreadPoolExecutor(CORE, MAX, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = factory.newThread(() -> runToEnd(task));
            threads.add(thread);
            return thread;
        });
        pool.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable task) {
        try {
            pool.execute(() -> safely(task));
        } catch (RejectedExecutionException e) {
            // The peer has closed; its last news still reach whoever waits.
            safely(task);
        }
        lookLater();
    }

    /** Threads come and go: one that has ended must leave no trace. */
    private void runToEnd(Runnable worker) {
        try {
            worker.run();
        } finally {
            threads.remove(Thread.currentThread());
        }
    }

    /** How many tasks wait for a thread. */
    int waiting() {
        return pool.getQueue().size();
    }

    /** How many threads there are. */
    int threads() {
        return threads.size();
    }

    private boolean isOwnThread() {
        return threads.contains(Thread.currentThread());
    }

    @Override
    public boolean mayNotWait() {
        return isOwnThread() || isTimer.getAsBoolean();
    }

    private void lookLater() {
        if (!pool.getQueue().isEmpty() && looking.compareAndSet(false, true)) {
            scheduler.schedule(LOOK, this::look);
        }
    }

    /** Adds a thread if nothing moves, and takes the additional ones back when all is quiet. */
    private void look() {
        long completed = pool.getCompletedTaskCount();
        boolean stuck = completed == completedAtLastLook && !pool.getQueue().isEmpty();
        completedAtLastLook = completed;
        if (stuck && pool.getCorePoolSize() < MAX) {
            pool.setCorePoolSize(pool.getCorePoolSize() + 1);
        }
        if (pool.getQueue().isEmpty()) {
            pool.setCorePoolSize(CORE);
            looking.set(false);
            lookLater();
        } else {
            scheduler.schedule(LOOK, this::look);
        }
    }

    private static void safely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.warn("a callback failed", e);
        }
    }

    void shutdown() {
        pool.shutdown();
    }

    /** Waits for callbacks in progress, unless one of them is the caller; interrupts those that take too long. */
    void awaitEnd() {
        try {
            if (!isOwnThread() && !pool.awaitTermination(2, TimeUnit.SECONDS)) {
                pool.shutdownNow();
                if (!pool.awaitTermination(1, TimeUnit.SECONDS)) {
                    log.warn("callbacks of a closed peer go on and ignore their interruption");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
