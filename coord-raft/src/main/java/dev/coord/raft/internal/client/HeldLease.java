package dev.coord.raft.internal.client;

import dev.coord.time.Deadline;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A lease as its holder sees it. Its validity is reckoned from the send time of the last successful keep-alive, less a
 * margin for clocks that run at different rates, so it ends before the store's view does.
 */
final class HeldLease {
    /** The clocks of two peers are taken to drift apart by no more than one part in this many. */
    static final int DRIFT_PARTS = 50;

    private final long id;
    private final Duration ttl;

    /** For how long after its sending a keep-alive is relied on, but for the margin. */
    private final Duration validity;

    private final Ticker ticker;
    private final Executor callbacks;
    private final Signal ended = new Signal();
    private volatile long validUntil;
    private volatile long renewAt;
    private volatile Signal lapsed = new Signal();
    private volatile boolean down;
    private volatile boolean givenUp;
    private final AtomicLong numbers = new AtomicLong();
    private boolean over;

    HeldLease(long id, Duration ttl, Duration validity, Ticker ticker, Executor callbacks, long sentAt) {
        this.id = id;
        this.ttl = ttl;
        this.validity = validity;
        this.ticker = ticker;
        this.callbacks = callbacks;
        this.validUntil = sentAt + validityNanos();
        this.renewAt = sentAt + validity.toNanos() / 3;
    }

    private long validityNanos() {
        return validity.toNanos() - validity.toNanos() / DRIFT_PARTS;
    }

    long id() {
        return id;
    }

    Duration ttl() {
        return ttl;
    }

    Duration validity() {
        return validity;
    }

    boolean isValid() {
        return !down && !givenUp && validUntil - ticker.nanos() > 0;
    }

    Deadline validUntil() {
        return Deadline.at(ticker, down || givenUp ? Math.min(validUntil, ticker.nanos()) : validUntil);
    }

    /** For how long a holder may rely on what it was told before, as the signal of a lapse comes early; 0 if not at all. */
    long warningLeftNanos() {
        long left = validUntil - ticker.nanos();
        return left > 0 && left <= warningNanos() ? left : 0;
    }

    /** Is valid no more, at once: the holder is about to end it, which the store may do before the signals are given. */
    void giveUp() {
        givenUp = true;
    }

    /** Completes when the present stretch of validity ends. */
    CompletableFuture<Void> lapsed() {
        return lapsed;
    }

    /** Completes when the lease has ended in the store, or was given up here. */
    CompletableFuture<Void> whenEnded() {
        return ended;
    }

    // ---- the rest is called in the mailbox of the keep-alive only

    long renewAtNanos() {
        return renewAt;
    }

    /** When the loss signal is due, unless it was given. */
    long lapsesAtNanos() {
        return validUntil - warningNanos();
    }

    boolean hasLapsed() {
        return down;
    }

    /** The signal comes a little early, so that whoever is told can act on it in time. */
    private long warningNanos() {
        return Math.min(validity.toNanos() / 100, 20_000_000L);
    }

    /** Gives the signal of a lapse if it is due, and tells whether it was. */
    boolean checkLapse(long now) {
        boolean due = !down && lapsesAtNanos() - now <= 0;
        if (due) {
            lapse();
        }
        return due;
    }

    private void lapse() {
        down = true;
        callbacks.execute(lapsed::fire);
    }

    /** A keep-alive sent at that moment succeeded; false if it came too early to count and must be repeated soon. */
    boolean renewed(long sentAt) {
        // Nobody may find the lease valid anew before the former stretch's signal can be seen.
        if (down && !lapsed.isDone()) {
            return false;
        }
        renewAt = sentAt + validity.toNanos() / 3;
        long until = sentAt + validityNanos();
        if (!over && until - validUntil > 0) {
            validUntil = until;
            if (down) {
                lapsed = new Signal();
                down = false;
            }
        }
        return true;
    }

    void retryAt(long nanos) {
        renewAt = nanos;
    }

    /** The lease is gone for good. */
    void end() {
        if (!over) {
            over = true;
            lapse();
            callbacks.execute(ended::fire);
        }
    }

    /** A number not given out before. */
    long nextNumber() {
        return numbers.incrementAndGet();
    }
}
