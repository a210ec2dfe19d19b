package dev.coord.recipes.detector;

import java.time.Duration;

/**
 * Counts how often a failure detector was wrong and how fast it was right, from what it said about one process and, where it
 * is known, when the process crashed. Chen, Toueg, Aguilera, "On the quality of service of failure detectors", IEEE
 * Transactions on Computers 51(5), 2002, section 2.
 *
 * <p>Immutable: each event gives a new value, of bounded size, that any thread may read. Readings are nanoseconds of one
 * monotonic ticker and do not go back, but a crash may be told of later.
 */
public final class DetectorQuality {
    private static final double NANOS_PER_HOUR = 3.6e12;
    private static final DetectorQuality NONE =
            new DetectorQuality(new Now(Phase.UNKNOWN, 0, 0, false, 0), Totals.NONE);

    /** What the detector says, and whether that is right as far as is known. */
    private enum Phase {
        /** Not heard of yet, or known to be dead and suspected. */
        UNKNOWN,
        TRUSTED,
        SUSPECTED,
        /** Known to be dead and not suspected yet. */
        MISSED
    }

    /**
     * The present.
     *
     * @param trustedSince when it was last trusted anew
     * @param since when the phase began; of a crash that was missed, when it happened
     * @param erred whether there was a mistake since the process began, the last of them at lastMistake
     */
    private record Now(Phase phase, long trustedSince, long since, boolean erred, long lastMistake) {}

    /** What is settled. */
    private record Totals(
            long right,
            long wrong,
            long mistakes,
            Distribution detection,
            Distribution recurrence,
            Distribution duration,
            Distribution good) {

        static final Totals NONE =
                new Totals(0, 0, 0, Distribution.EMPTY, Distribution.EMPTY, Distribution.EMPTY, Distribution.EMPTY);

        Totals withRight(long nanos) {
            return new Totals(right + nanos, wrong, mistakes, detection, recurrence, duration, good);
        }

        Totals withDetection(long nanos) {
            return new Totals(right, wrong, mistakes, detection.plus(nanos), recurrence, duration, good);
        }

        Totals withMistake(Now suspicion, long end) {
            long length = end - suspicion.since;
            long period = suspicion.since - suspicion.trustedSince;
            return new Totals(
                    right + period,
                    wrong + length,
                    mistakes + 1,
                    detection,
                    suspicion.erred ? recurrence.plus(suspicion.since - suspicion.lastMistake) : recurrence,
                    duration.plus(length),
                    good.plus(period));
        }
    }

    private final Now now;
    private final Totals totals;

    private DetectorQuality(Now now, Totals totals) {
        this.now = now;
        this.totals = totals;
    }

    /**
     * Returns the value that has counted nothing.
     *
     * @return nothing counted, the process not heard of
     */
    public static DetectorQuality none() {
        return NONE;
    }

    /**
     * Counts that the detector trusts the process from now on.
     *
     * @param at the present reading
     * @return the new value; the same if it was trusted already
     */
    public DetectorQuality trusted(long at) {
        return switch (now.phase) {
            case TRUSTED -> this;
            case UNKNOWN, MISSED -> new DetectorQuality(new Now(Phase.TRUSTED, at, at, false, 0), totals);
            case SUSPECTED ->
                new DetectorQuality(new Now(Phase.TRUSTED, at, at, true, now.since), totals.withMistake(now, at));
        };
    }

    /**
     * Counts that the detector suspects the process from now on.
     *
     * @param at the present reading
     * @return the new value; the same if it was suspected already, or never trusted
     */
    public DetectorQuality suspected(long at) {
        return switch (now.phase) {
            case UNKNOWN, SUSPECTED -> this;
            case TRUSTED ->
                new DetectorQuality(new Now(Phase.SUSPECTED, now.trustedSince, at, now.erred, now.lastMistake), totals);
            case MISSED -> new DetectorQuality(NONE.now, totals.withDetection(at - now.since));
        };
    }

    /**
     * Counts that the process has crashed. It is observed again when it is trusted the next time.
     *
     * @param at when it crashed: now, or before now but after it was last trusted anew
     * @return the new value; the same if it was not heard of, or is known to have crashed
     */
    public DetectorQuality crashed(long at) {
        return switch (now.phase) {
            case UNKNOWN, MISSED -> this;
            case TRUSTED ->
                new DetectorQuality(
                        new Now(Phase.MISSED, at, at, false, 0), totals.withRight(Math.max(0, at - now.since)));
            case SUSPECTED -> new DetectorQuality(NONE.now, crashedWhileSuspected(at));
        };
    }

    private Totals crashedWhileSuspected(long at) {
        if (at - now.since > 0) {
            return totals.withMistake(now, at).withDetection(0);
        }
        return totals.withRight(Math.max(0, at - now.trustedSince)).withDetection(now.since - at);
    }

    /**
     * Returns the measures.
     *
     * @param at the present reading
     * @return an immutable report
     */
    public QualityReport report(long at) {
        long right = totals.right + unsettled(at);
        long observed = right + totals.wrong;
        return new QualityReport(
                Duration.ofNanos(observed),
                totals.mistakes,
                observed == 0 ? 0 : totals.mistakes * NANOS_PER_HOUR / observed,
                observed == 0 ? 1 : (double) right / observed,
                totals.detection,
                totals.recurrence,
                totals.duration,
                totals.good);
    }

    private long unsettled(long at) {
        return switch (now.phase) {
            case TRUSTED -> Math.max(0, at - now.trustedSince);
            case SUSPECTED -> now.since - now.trustedSince;
            case UNKNOWN, MISSED -> 0;
        };
    }
}
