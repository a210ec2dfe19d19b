package dev.coord.time;

/**
 * A monotonic clock: its readings never go back and have no meaning but their differences.
 *
 * <p>Implementations are safe for use by any thread and never block.
 */
@FunctionalInterface
public interface Ticker {

    /**
     * Returns the current reading in nanoseconds. Compare readings only by their difference, as
     * {@link System#nanoTime()} asks.
     *
     * @return nanoseconds since an arbitrary origin
     */
    long nanos();

    /**
     * Returns the ticker of this JVM, {@link System#nanoTime()}.
     *
     * @return the system's monotonic clock
     */
    static Ticker system() {
        return System::nanoTime;
    }
}
