package dev.coord.raft.internal.client;

import dev.coord.time.Ticker;
import java.time.Duration;

/**
 * Lets others campaign first, for a moment after each question that was agreed to, but not for ever: who asks may be unable to win.
 * Safe for use by any thread.
 */
final class GiveWay {
    private final Ticker ticker;
    private final long moment;
    private final long longest;
    private long term = Long.MIN_VALUE;
    private long since;
    private long until;

    /**
     * Gives way to nobody yet.
     *
     * @param moment for how long after a question
     * @param longest for how long in a term
     */
    GiveWay(Ticker ticker, Duration moment, Duration longest) {
        this.ticker = ticker;
        this.moment = moment.toNanos();
        this.longest = longest.toNanos();
        this.until = ticker.nanos();
    }

    /** Agreed with one who asked in a term. */
    synchronized void to(long asked) {
        long now = ticker.nanos();
        if (asked != term) {
            term = asked;
            since = now;
        }
        if (now - since <= longest) {
            until = now + moment;
        }
    }

    synchronized boolean isDue() {
        return ticker.nanos() - until < 0;
    }
}
