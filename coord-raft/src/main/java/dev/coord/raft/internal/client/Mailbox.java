package dev.coord.raft.internal.client;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time in the order they were posted, so that what they touch needs no lock.
 *
 * <p>{@link #run} lends the caller's thread: when nobody is at work the caller does the work at once, its own task and
 * what others post meanwhile. That saves a thread hop on the way of a single write. {@link #post} is for threads that
 * must not do such work (Raft's, the network's): the executor does it. {@link #leave} is for work that can wait until somebody
 * is there anyway.
 */
final class Mailbox {
    private static final Logger log = LoggerFactory.getLogger(Mailbox.class);

    private final Executor executor;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Runnable> left = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();

    Mailbox(Executor executor) {
        this.executor = executor;
    }

    void run(Runnable task) {
        tasks.add(task);
        if (pending.getAndIncrement() == 0) {
            drain();
        }
    }

    void post(Runnable task) {
        tasks.add(task);
        if (pending.getAndIncrement() == 0) {
            executor.execute(this::drain);
        }
    }

    /** Has the executor bring the task when it comes to it, even while somebody is at work, who would run what is posted. */
    void later(Runnable task) {
        executor.execute(() -> run(task));
    }

    /**
     * Runs the task before the next one that is run or posted, or soon if there is need.
     *
     * @param need looked at when all that was run before is over, or somebody is at work who will run the task
     */
    void leave(Runnable task, BooleanSupplier need) {
        left.add(task);
        // Whoever is at work may have looked for it already.
        if (pending.get() != 0 || need.getAsBoolean()) {
            post(() -> {});
        }
    }

    private void drain() {
        do {
            runLeft();
            // Never null: each count stands for a task that was added before it was counted.
            runSafely(requireNonNull(tasks.poll()));
        } while (pending.decrementAndGet() != 0);
    }

    private void runLeft() {
        for (Runnable task = left.poll(); task != null; task = left.poll()) {
            runSafely(task);
        }
    }

    private void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            if (executor instanceof Watchful watchful) {
                watchful.internalError(e);
            }
            log.error("internal error; please report it", e);
        }
    }
}
