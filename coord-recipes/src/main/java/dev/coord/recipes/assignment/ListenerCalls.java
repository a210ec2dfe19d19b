package dev.coord.recipes.assignment;

import dev.coord.Coord;
import dev.coord.recipes.internal.Async;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Calls a listener on the callback threads, one call at a time. Bounded by its user: a few calls for each partition. */
final class ListenerCalls {
    private final Coord coord;
    private final Queue<Runnable> calls = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();

    ListenerCalls(Coord coord) {
        this.coord = coord;
    }

    void add(Runnable call) {
        calls.add(call);
        if (pending.getAndIncrement() == 0) {
            Async.callBack(coord, this::run);
        }
    }

    private void run() {
        do {
            Runnable call = calls.remove();
            try {
                call.run();
            } catch (RuntimeException e) {
                report(() -> {
                    throw e;
                });
            } catch (Error e) {
                report(() -> {
                    throw e;
                });
            }
        } while (pending.decrementAndGet() > 0);
    }

    /** Leaves it to those threads to log the error. */
    private void report(Runnable rethrowing) {
        try {
            coord.callbacks().execute(rethrowing);
        } catch (RejectedExecutionException ignored) {
            // The peer was closed: nobody logs any more.
        }
    }
}
