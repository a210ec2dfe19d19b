package dev.coord.raft.internal.transport;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A daemon thread that runs tasks one by one and is gone when {@link #close} returns. Starts with its first task. */
final class SerialThread implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SerialThread.class);
    private static final long JOIN_MILLIS = 5_000;

    private final ThreadPoolExecutor pool;
    private volatile @Nullable Thread thread;

    SerialThread(String name) {
        // Not that of whoever sends first: it may be Raft's, which is interrupted when Raft closes.
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        pool = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread created = new Thread(group, task, name);
            created.setDaemon(true);
            thread = created;
            return created;
        });
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(() -> runSafely(task));
    }

    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RejectedExecutionException e) {
            LOG.debug("what a network task wanted to go on with is closed");
        } catch (RuntimeException e) {
            LOG.warn("a network task failed", e);
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
        Thread running = thread;
        if (running != null) {
            Threads.join(running, JOIN_MILLIS);
        }
    }
}
