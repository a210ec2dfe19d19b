package dev.coord.recipes.causality;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A hybrid logical clock: its stamps agree with happened-before as a Lamport clock's do, and are near to the wall clock, so that
 * they can be read as a time, and compared with those of processes that never spoke to each other (Kulkarni et al. 2014).
 *
 * <p><b>What it promises.</b> Every stamp is greater than all that this clock gave before and than those it was given; its
 * milliseconds are not less than the wall clock's (theorem 2 there) and not more than that plus the drift that was agreed. A stamp
 * that could not keep this is refused by a {@link ClockDriftException}.
 *
 * <p><b>A wall clock that goes back</b> is outlived: stamps go on from the last one by their counter, until the wall clock has
 * caught up; if it went back by more than the drift, they are refused until it comes that near again. <b>A counter that is
 * full</b> goes on with the next millisecond, ahead of the wall clock and so within the same bound: 65,536 stamps in a
 * millisecond cost a millisecond of drift.
 *
 * <p><b>Restart.</b> A process whose wall clock may have gone back while it was down starts after the last stamp that it wrote
 * down.
 *
 * <p>Safe for use by any thread, without locks: one atomic number, and no two calls give the same stamp. Never blocks.
 */
public final class HybridClock {
    private static final long NOTHING_HEARD = -1;
    private static final Duration LONGEST_DRIFT = Duration.ofMillis(HybridTime.MAX_MILLIS);

    private final LongSupplier wallMillis;
    private final Duration maxDrift;
    private final long maxDriftMillis;
    private final AtomicLong last;

    private HybridClock(LongSupplier wallMillis, Duration maxDrift, long last) {
        if (maxDrift.isNegative() || maxDrift.compareTo(LONGEST_DRIFT) > 0) {
            throw new IllegalArgumentException("a drift of " + maxDrift + "; it is 0 to " + LONGEST_DRIFT);
        }
        this.wallMillis = wallMillis;
        this.maxDrift = maxDrift;
        this.maxDriftMillis = maxDrift.toMillis();
        this.last = new AtomicLong(last);
    }

    /**
     * Returns a clock that has given no stamp.
     *
     * @param wallMillis the wall clock: milliseconds since the epoch of 1970, such as {@code System::currentTimeMillis}; asked at
     *     every stamp, by any thread, and must not block
     * @param maxDrift by how much stamps may be ahead of it, at least the bound to which the wall clocks are synchronised; not
     *     negative, counted in whole milliseconds
     * @return the clock
     * @throws IllegalArgumentException if the drift is negative, or longer than {@link HybridTime#MAX_MILLIS}
     */
    public static HybridClock of(LongSupplier wallMillis, Duration maxDrift) {
        return new HybridClock(wallMillis, maxDrift, NOTHING_HEARD);
    }

    /**
     * Returns a clock whose stamps come after one that was written down before.
     *
     * @param wallMillis as for {@link #of}
     * @param maxDrift as for {@link #of}
     * @param last a stamp not less than any that was given before
     * @return the clock
     * @throws IllegalArgumentException as for {@link #of}
     */
    public static HybridClock startingAfter(LongSupplier wallMillis, Duration maxDrift, HybridTime last) {
        return new HybridClock(wallMillis, maxDrift, last.toLong());
    }

    /**
     * Stamps a local event or the sending of a message (Kulkarni et al. 2014, the algorithm's <i>send or local event</i>).
     *
     * @return the stamp
     * @throws ClockDriftException if it would be too far ahead of the wall clock
     * @throws IllegalStateException if the wall clock says what no stamp can hold
     */
    public HybridTime now() {
        return after(NOTHING_HEARD);
    }

    /**
     * Stamps the receipt of a message (the algorithm's <i>receive event of message m</i>).
     *
     * @param sent the stamp that came with it
     * @return the stamp of the receipt
     * @throws ClockDriftException if it would be too far ahead of the wall clock; the message is not to be processed
     * @throws IllegalStateException if the wall clock says what no stamp can hold
     */
    public HybridTime receive(HybridTime sent) {
        return after(sent.toLong());
    }

    /**
     * The algorithm's three cases in one: as milliseconds and counter are one number, the next of a stamp is that number and
     * one, and a wall clock that is ahead starts with counter 0.
     */
    private HybridTime after(long heard) {
        return HybridTime.ofLong(last.updateAndGet(given -> next(Math.max(given, heard))));
    }

    private long next(long before) {
        long wall = wallMillis.getAsLong();
        if (wall < 0 || wall > HybridTime.MAX_MILLIS) {
            throw new IllegalStateException(
                    "the wall clock says " + wall + " ms; a stamp holds 0 to " + HybridTime.MAX_MILLIS);
        }
        if (before == Long.MAX_VALUE) {
            throw new IllegalStateException("the stamp " + HybridTime.ofLong(before) + " is the last that there is");
        }
        HybridTime next = HybridTime.ofLong(Math.max(before + 1, new HybridTime(wall, 0).toLong()));
        long ahead = next.millis() - wall;
        if (ahead > maxDriftMillis) {
            throw new ClockDriftException(next, Duration.ofMillis(ahead), maxDrift);
        }
        return next.toLong();
    }
}
