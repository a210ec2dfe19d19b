package dev.coord.recipes.detector;

import dev.coord.time.Ticker;

/**
 * A clock that stands still while this process does: whatever passes between two ticks counts up to a limit only. So the time
 * for which a process was stopped, in which it could hear nobody, is held against nobody, and no rule for it is needed
 * elsewhere.
 *
 * <p>Readings do not go back. Ticks come from one thread at a time, readings may be taken by any.
 */
final class AwakeClock {
    private record Tick(long reading, long awake) {}

    private final Ticker ticker;
    private final long limit;
    private volatile Tick last;

    AwakeClock(Ticker ticker, long limitNanos) {
        this.ticker = ticker;
        this.limit = limitNanos;
        this.last = new Tick(ticker.nanos(), 0);
    }

    /** The time awake since the clock was made. */
    long nanos() {
        Tick known = last;
        return known.awake + Math.min(limit, Math.max(0, ticker.nanos() - known.reading));
    }

    /** Returns how much time since the last tick does not count; 0 unless the process stood still. */
    long tick() {
        Tick known = last;
        long reading = ticker.nanos();
        long passed = Math.max(0, reading - known.reading);
        last = new Tick(reading, known.awake + Math.min(limit, passed));
        return Math.max(0, passed - limit);
    }
}
