package dev.coord.recipes.internal;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
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
     * @param executor runs the calls; if it refuses, whoever tells does
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

    /** Hands over a turn; and the next, if that is over already: a call made right here must not lead to the next call. */
    private void submit() {
        Untold untold = new Untold();
        Turn turn;
        do {
            turn = new Turn();
            submit(turn, untold);
        } while (turn.hasMet());
        untold.rethrow();
    }

    private void submit(Turn turn, Untold untold) {
        try {
            executor.execute(turn);
        } catch (RuntimeException | Error refused) {
            // Or thrown by the listener, if the executor calls it right here and lets that through.
            if (turn.hasBegun()) {
                untold.add(refused);
                return;
            }
            try {
                turn.run();
            } catch (RuntimeException | Error e) {
                untold.add(e);
            }
        }
    }

    /** One call. Of its end and of its having been handed over, whichever comes second leads to the next. */
    private final class Turn implements Runnable {
        private final AtomicBoolean begun = new AtomicBoolean();
        private final AtomicBoolean met = new AtomicBoolean();

        boolean hasBegun() {
            return begun.get();
        }

        boolean hasMet() {
            return met.getAndSet(true);
        }

        @Override
        public void run() {
            if (begun.getAndSet(true)) {
                return;
            }
            Runnable call = calls.remove();
            try {
                call.run();
            } finally {
                if (pending.decrementAndGet() > 0 && hasMet()) {
                    submit();
                }
            }
        }
    }
}
