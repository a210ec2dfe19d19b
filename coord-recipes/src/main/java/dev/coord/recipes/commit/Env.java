package dev.coord.recipes.commit;

import dev.coord.Coord;
import dev.coord.recipes.internal.Async;
import dev.coord.time.Scheduler.Timer;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * What all that drives transactions shares.
 *
 * @param coord the handle
 * @param store their records
 * @param registry the participants
 * @param drivers who drives what
 * @param ends has their ends written
 * @param heuristics what participants have decided alone
 * @param listeners told of what happens
 */
record Env(
        Coord coord,
        RecordStore store,
        Registry registry,
        Drivers drivers,
        Ends ends,
        Heuristics heuristics,
        Consumer<Consumer<CommitListener>> listeners) {
    private static final long FIRST_MILLIS = 50;
    private static final int MOST_DOUBLINGS = 4;

    /** How long to wait after so many failures in a row: 50 to 800 ms. */
    static Duration backoff(int failures) {
        return Duration.ofMillis(FIRST_MILLIS << Math.min(failures, MOST_DOUBLINGS));
    }

    /** Runs a task later, where it may do what takes a while. */
    Timer later(Duration delay, Runnable task) {
        return Async.later(coord, delay, task);
    }

    boolean hasSession() {
        return !coord.session().expired().isDone();
    }

    void tell(Consumer<CommitListener> news) {
        listeners.accept(news);
    }
}
