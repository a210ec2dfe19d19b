package dev.coord.raft.internal.ratis;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Threads for requests that may block: those without order, and those of one sender in the order they came. */
final class Lanes {
    private final ExecutorService threads;
    private final Map<String, Lane> bySender = new ConcurrentHashMap<>();

    Lanes(String name) {
        AtomicInteger count = new AtomicInteger();
        threads = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Runs a task on any thread. */
    void unordered(Runnable task) {
        threads.execute(task);
    }

    /** The lane of a sender. */
    Lane of(String sender) {
        return bySender.computeIfAbsent(sender, id -> new Lane());
    }

    /** Stops; tasks that wait are dropped. Waits a moment for those that run. */
    void close() throws InterruptedException {
        threads.shutdownNow();
        threads.awaitTermination(2, TimeUnit.SECONDS);
    }

    /** Runs tasks one after the other. */
    final class Lane implements Runnable {
        private final ReentrantLock lock = new ReentrantLock();
        private final Queue<Runnable> waiting = new ArrayDeque<>();
        private boolean running;

        /** Whether no task waits or runs. */
        boolean isIdle() {
            lock.lock();
            try {
                return !running;
            } finally {
                lock.unlock();
            }
        }

        void submit(Runnable task) {
            lock.lock();
            try {
                waiting.add(task);
                if (running) {
                    return;
                }
                running = true;
            } finally {
                lock.unlock();
            }
            try {
                threads.execute(this);
            } catch (RejectedExecutionException e) {
                clear();
                throw e;
            }
        }

        private void clear() {
            lock.lock();
            try {
                waiting.clear();
                running = false;
            } finally {
                lock.unlock();
            }
        }

        private @Nullable Runnable next() {
            lock.lock();
            try {
                Runnable task = waiting.poll();
                running = task != null;
                return task;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void run() {
            for (Runnable task = next(); task != null; task = next()) {
                task.run();
            }
        }
    }
}
