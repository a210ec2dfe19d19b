package dev.coord.raft.internal.client;

import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs the watches that were woken, on callback threads. A thread runs several in turn, for to hand over each by itself would cost more
 * than most listeners take. While watches are ready one more thread is asked for than runs them: a listener that blocks
 * delays itself alone, however many were woken with it.
 */
final class ReadyWatches {
    /** Then a thread makes room for other callbacks, and shows that it is not stuck. */
    private static final Duration TURN = Duration.ofMillis(1);

    private static final int MOST_IN_A_TURN = 64;

    private final Executor callbacks;
    private final Ticker ticker;
    private final Queue<HubWatch> ready = new ConcurrentLinkedQueue<>();

    /** Whether a thread was asked for and has not begun. */
    private final AtomicBoolean asked = new AtomicBoolean();

    private final ThreadLocal<Boolean> running = ThreadLocal.withInitial(() -> false);

    ReadyWatches(Executor callbacks, Ticker ticker) {
        this.callbacks = callbacks;
        this.ticker = ticker;
    }

    /** Runs a watch soon. */
    void add(HubWatch watch) {
        ready.add(watch);
        askForThread();
    }

    private void askForThread() {
        if (!ready.isEmpty() && asked.compareAndSet(false, true)) {
            callbacks.execute(this::run);
        }
    }

    private void run() {
        asked.set(false);
        if (running.get()) {
            // A pool that has ended runs it on the thread that asks, which goes on by itself.
            return;
        }
        running.set(true);
        try {
            do {
                takeTurn();
                askForThread();
            } while (!ready.isEmpty() && !asked.get());
        } finally {
            running.remove();
        }
    }

    private void takeTurn() {
        long end = ticker.nanos() + TURN.toNanos();
        HubWatch watch = ready.poll();
        for (int i = 1; watch != null; i++) {
            askForThread(); // for the next, should this one block
            watch.run();
            watch = i < MOST_IN_A_TURN && ticker.nanos() - end < 0 ? ready.poll() : null;
        }
    }
}
