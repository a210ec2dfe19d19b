package dev.coord.recipes.broadcast;

import dev.coord.recipes.causality.LamportClock;

/**
 * A {@link LamportMutex} that is held, from the grant until it is closed. Nobody takes it away, so it has no validity that could
 * end, no signal of a loss and no need of a fencing token; for the same reason, a holder that dies holds it for ever.
 */
public final class MutexHandle implements AutoCloseable {
    private final LamportMutex mutex;
    private final LamportClock stamp;
    private volatile boolean held = true;

    MutexHandle(LamportMutex mutex, LamportClock stamp) {
        this.mutex = mutex;
        this.stamp = stamp;
    }

    /**
     * Returns the stamp of the request that was granted. Later grants of the group have greater ones, in Lamport's total order;
     * those of another group begin anew.
     *
     * @return the stamp
     */
    public LamportClock stamp() {
        return stamp;
    }

    /**
     * Tells whether this is held.
     *
     * @return true until it is closed
     */
    public boolean isHeld() {
        return held;
    }

    /** Releases it, which passes it on to the next. Does not wait. Safe to repeat. */
    @Override
    public void close() {
        held = false;
        mutex.release(stamp);
    }

    @Override
    public String toString() {
        return "MutexHandle(" + stamp + (held ? ")" : ", released)");
    }
}
