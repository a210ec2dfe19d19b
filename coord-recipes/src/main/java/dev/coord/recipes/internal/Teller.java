package dev.coord.recipes.internal;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Calls listeners on threads where they may block: one call at a time, in the order in which they were asked for. What
 * a listener throws is left to the executor; the next call is made all the same.
 */
public final class Teller {
    private final Executor executor;
    private final Queue<Runnable> calls = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();

    /**
     * Creates a teller that has nothing to tell.
     *
     * @param executor runs the calls; if it is shut down, whoever tells does
     */
    public Teller(Executor executor) {
        this.executor = executor;
    }

    /**
     * Makes a call, after all that were asked for before.
     *
     * @param call calls the listener
     */
    public void tell(Runnable call) {
        calls.add(call);
        if (pending.getAndIncrement() == 0) {
            submit();
        }
    }

    private void submit() {
        try {
            executor.execute(this::callNext);
        } catch (RejectedExecutionException e) {
            callNext();
        }
    }

    private void callNext() {
        Runnable call = calls.remove();
        try {
            call.run();
        } finally {
            if (pending.decrementAndGet() > 0) {
                submit();
            }
        }
    }
}
