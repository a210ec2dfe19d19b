package dev.coord.recipes.commit;

import dev.coord.Coord;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Untold;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has the ends of transactions written together. Nobody waits for an end, but an end that is written at once competes with the record
 * and the decision of the next transaction for the log; those of one moment share a write. Safe for use by any thread.
 */
final class Ends {
    /** Short beside a session's time to live: until its end is written a transaction is taken over if its coordinator dies. */
    private static final Duration DELAY = Duration.ofMillis(20);

    private final Coord coord;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean isDue = new AtomicBoolean();
    private volatile boolean isClosed;

    Ends(Coord coord) {
        this.coord = coord;
    }

    /** Has an end written soon. */
    void add(Runnable end) {
        waiting.add(end);
        if (isClosed) {
            write();
        } else if (isDue.compareAndSet(false, true)) {
            Async.later(coord, DELAY, this::write);
        }
    }

    private void write() {
        isDue.set(false); // first, so that what comes from now on has a turn of its own
        Untold untold = new Untold();
        for (Runnable end = waiting.poll(); end != null; end = waiting.poll()) {
            try {
                end.run();
            } catch (RuntimeException | Error e) {
                untold.add(e); // the others' ends are to be written all the same
            }
        }
        untold.rethrow();
    }

    /** Writes what waits, and from now on each at once. */
    void close() {
        isClosed = true;
        write();
    }
}
