package dev.coord.time;

import java.time.Duration;

/**
 * A moment on a monotonic clock, known to this process only.
 *
 * <p>A deadline cannot be sent to another process: the clocks share no origin. Immutable.
 */
public final class Deadline {
    private static final long MAX_NANOS = Long.MAX_VALUE / 4;

    private final Ticker ticker;
    private final long atNanos;

    private Deadline(Ticker ticker, long atNanos) {
        this.ticker = ticker;
        this.atNanos = atNanos;
    }

    /**
     * Returns the deadline that lies the given time after the ticker's current reading.
     *
     * @param ticker the clock
     * @param timeout time from now; may be negative; capped at about 73 years
     * @return the deadline
     */
    public static Deadline after(Ticker ticker, Duration timeout) {
        return at(ticker, ticker.nanos() + saturatedNanos(timeout));
    }

    /**
     * Returns the deadline at a reading of the ticker.
     *
     * @param ticker the clock
     * @param nanos the reading
     * @return the deadline
     */
    public static Deadline at(Ticker ticker, long nanos) {
        return new Deadline(ticker, nanos);
    }

    /**
     * Returns the time left, negative once the deadline has passed.
     *
     * @return the time from now until the deadline
     */
    public Duration remaining() {
        return Duration.ofNanos(remainingNanos());
    }

    /**
     * Returns the time left in nanoseconds, negative once the deadline has passed. Costs one clock reading.
     *
     * @return nanoseconds from now until the deadline
     */
    public long remainingNanos() {
        return atNanos - ticker.nanos();
    }

    /**
     * Tells whether the deadline has been reached.
     *
     * @return true from the deadline on
     */
    public boolean isPast() {
        return remainingNanos() <= 0;
    }

    /**
     * Returns this deadline's reading of its ticker.
     *
     * @return nanoseconds on the ticker
     */
    public long nanos() {
        return atNanos;
    }

    private static long saturatedNanos(Duration duration) {
        if (duration.toSeconds() >= MAX_NANOS / 1_000_000_000L) {
            return MAX_NANOS;
        }
        if (duration.toSeconds() <= -MAX_NANOS / 1_000_000_000L) {
            return -MAX_NANOS;
        }
        return duration.toNanos();
    }

    @Override
    public String toString() {
        return "Deadline(in " + remaining() + ")";
    }
}
