package dev.coord.recipes.causality;

import java.time.Duration;

/**
 * A {@link HybridClock} refused to give a stamp that is further ahead of its wall clock than was agreed. The clock is as it was.
 * Either this wall clock is behind (or was set back), or the sender's is ahead, or more stamps were drawn than the counter can
 * tell apart in that time: do not process the message, look at the clocks, and try again when the wall clock has caught up.
 */
public final class ClockDriftException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Duration ahead;
    private final Duration maxDrift;

    ClockDriftException(HybridTime stamp, Duration ahead, Duration maxDrift) {
        super("the stamp " + stamp + " would be " + ahead.toMillis() + " ms ahead of the wall clock here, and at most "
                + maxDrift.toMillis() + " ms are allowed; check that both clocks are synchronised");
        this.ahead = ahead;
        this.maxDrift = maxDrift;
    }

    /**
     * Returns how far ahead the stamp would be.
     *
     * @return in whole milliseconds, more than {@link #maxDrift}
     */
    public Duration ahead() {
        return ahead;
    }

    /**
     * Returns what is allowed.
     *
     * @return the bound of the clock
     */
    public Duration maxDrift() {
        return maxDrift;
    }
}
