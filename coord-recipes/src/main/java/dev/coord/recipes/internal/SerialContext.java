package dev.coord.recipes.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Runs tasks one at a time, in order, on the thread that finds it idle. State touched only by its tasks needs no lock,
 * and a task that leads back here is queued, not nested. Tasks never wait.
 *
 * <p>What a task has to {@linkplain #tell tell} others may run their code, so it is told after the tasks, on a callback thread: if
 * that is where they ran, by the thread itself, as to wake another takes longer than they did.
 */
public final class SerialContext {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final Consumer<RuntimeException> onError;
    private final Executor callbacks;
    /** What tasks have left to be told; touched by tasks only. */
    private final List<Runnable> untold = new ArrayList<>();

    /**
     * Creates an idle context whose tasks tell nothing.
     *
     * @param onError told what a task throws
     */
    public SerialContext(Consumer<RuntimeException> onError) {
        this(onError, Runnable::run);
    }

    /**
     * Creates an idle context.
     *
     * @param onError told what a task throws
     * @param callbacks runs what is told by tasks that some other thread ran
     */
    public SerialContext(Consumer<RuntimeException> onError, Executor callbacks) {
        this.onError = onError;
        this.callbacks = callbacks;
    }

    /**
     * Runs a task, here and now or after those that are running. What nobody could be told, an {@link Error} of a task or
     * what {@code onError} throws, is thrown when no task is left.
     *
     * @param task must not wait
     */
    public void run(Runnable task) {
        if (isFirst(task)) {
            drain(false);
        }
    }

    /**
     * Does the same on a callback thread, which has nothing else to do after it.
     *
     * @param task must not wait
     */
    public void goOn(Runnable task) {
        if (isFirst(task)) {
            drain(true);
        }
    }

    /**
     * Tells somebody something, when the tasks are over.
     *
     * @param news runs code of others, which may wait
     */
    public void tell(Runnable news) {
        untold.add(news);
    }

    private boolean isFirst(Runnable task) {
        tasks.add(task);
        return pending.getAndIncrement() == 0;
    }

    private void drain(boolean tellsHere) {
        Untold thrown = new Untold();
        List<Runnable> news = new ArrayList<>();
        do {
            try {
                runNext();
            } catch (RuntimeException | Error e) {
                thrown.add(e);
            }
            news.addAll(untold);
            untold.clear();
        } while (pending.decrementAndGet() > 0);
        tell(news, tellsHere, thrown);
        thrown.rethrow();
    }

    private void runNext() {
        Runnable task = tasks.remove();
        try {
            task.run();
        } catch (RuntimeException e) {
            onError.accept(e);
        }
    }

    /** Nobody is told behind another, who may take long. */
    private void tell(List<Runnable> news, boolean here, Untold thrown) {
        for (int i = 0; i < news.size(); i++) {
            Executor executor = here && i == news.size() - 1 ? Runnable::run : callbacks;
            try {
                executor.execute(news.get(i));
            } catch (RuntimeException | Error e) {
                thrown.add(e);
            }
        }
    }
}
