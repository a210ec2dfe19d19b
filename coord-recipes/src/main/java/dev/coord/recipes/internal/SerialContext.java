package dev.coord.recipes.internal;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Runs tasks one at a time, in order, on the thread that finds it idle. State touched only by its tasks needs no lock,
 * and a task that leads back here is queued, not nested. Tasks never wait.
 */
public final class SerialContext {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final Consumer<RuntimeException> onError;

    /**
     * Creates an idle context.
     *
     * @param onError told what a task throws
     */
    public SerialContext(Consumer<RuntimeException> onError) {
        this.onError = onError;
    }

    /**
     * Runs a task, here and now or after those that are running. What nobody could be told, an {@link Error} of a task or
     * what {@code onError} throws, is thrown when no task is left.
     *
     * @param task must not wait
     */
    public void run(Runnable task) {
        tasks.add(task);
        if (pending.getAndIncrement() > 0) {
            return;
        }
        Untold untold = new Untold();
        do {
            try {
                runNext();
            } catch (RuntimeException | Error e) {
                untold.add(e);
            }
        } while (pending.decrementAndGet() > 0);
        untold.rethrow();
    }

    private void runNext() {
        Runnable task = tasks.remove();
        try {
            task.run();
        } catch (RuntimeException e) {
            onError.accept(e);
        }
    }
}
