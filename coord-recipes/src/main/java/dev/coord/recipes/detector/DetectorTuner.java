package dev.coord.recipes.detector;

import dev.coord.recipes.detector.TuningOutcome.Proposal;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Proposes parameters for a wished detection time and mistake rate from what was observed: the configuration procedure of
 * Chen, Toueg and Aguilera ("On the quality of service of failure detectors", 2002) for unsynchronised clocks (NFD-U) and a
 * delay of which only the variance is known. With loss p, variance V and detection time T it takes the longest interval η for
 * which
 *
 * <ul>
 *   <li>η ≤ T<sub>M</sub> · (1 − p) · T² / (V + T²), so that mistakes are short enough, and
 *   <li>η · ∏ (V + (T − jη)²) / (V + p·(T − jη)²) ≥ T<sub>MR</sub>, for j from 1 to ⌈T/η⌉ − 1, so that they are rare enough,
 * </ul>
 *
 * and the margin α = T − η. By Chebyshev's one-sided inequality that holds for every distribution of delays with that
 * variance, so with a usual one mistakes are much rarer. It supposes that heartbeats are lost and delayed independently.
 *
 * <p>The margin of caution: the deviation counts half as large again as observed, and twice its variance, as a deadline and phi
 * measure from the last arrival, which varies too; of the loss, the upper end of Wilson's interval of 99 % counts; η is at
 * most T/2, so that one lost heartbeat is never a suspicion, and at least T/1000 and 4 ms, the shortest
 * interval of a {@link HeartbeatService}.
 */
public final class DetectorTuner {
    /** How many heartbeats must have come. */
    public static final int MIN_SAMPLES = 100;

    private static final double CAUTION = 1.5;
    private static final double MIN_INTERVAL = HeartbeatServiceBuilder.MIN_INTERVAL.toNanos();
    private static final double MAX_HEARTBEATS = 1_000;
    private static final double DAY = 8.64e13;
    private static final double STEP = 0.95;
    private static final double PATIENCE = 100;

    /** By how much the least deviation lies above the expected one: that of 1,000 samples strays by less. */
    private static final double FLOOR = 1.3;

    /** Silences are counted by at most so many deviations: beyond, φ says nothing more. */
    private static final double MAX_DEVIATIONS = 100;

    private final double loss;
    private final double variance;
    private final TuningGoal goal;

    private DetectorTuner(ArrivalObservation seen, TuningGoal goal) {
        this.loss = upperLoss(seen);
        double deviation = CAUTION * seen.delayDeviation().toNanos();
        this.variance = 2 * deviation * deviation;
        this.goal = goal;
    }

    /**
     * Proposes parameters. Takes some milliseconds.
     *
     * @param seen what was observed, at any interval: delay and loss do not depend on it
     * @param goal what is wished
     * @return a proposal, or why there is none
     */
    public static TuningOutcome propose(ArrivalObservation seen, TuningGoal goal) {
        if (seen.received() < MIN_SAMPLES) {
            return new TuningOutcome.TooFewSamples(seen.received(), MIN_SAMPLES);
        }
        return new DetectorTuner(seen, goal).propose();
    }

    private TuningOutcome propose() {
        double wished = goal.detectionTime().toNanos();
        OptionalDouble interval = interval(wished);
        return interval.isPresent() ? proposal(wished, interval.getAsDouble()) : unreachable(wished);
    }

    private OptionalDouble interval(double detection) {
        double square = detection * detection;
        double longest = nanos(goal.mistakeDuration()) * (1 - loss) * square / (variance + square);
        double shortest = Math.max(MIN_INTERVAL, detection / MAX_HEARTBEATS);
        double wanted = Math.log(nanos(goal.mistakeRecurrence()));
        for (double eta = Math.min(longest, detection / 2); eta >= shortest; eta *= STEP) {
            if (logRecurrence(detection, eta) >= wanted) {
                return OptionalDouble.of(eta);
            }
        }
        return OptionalDouble.empty();
    }

    /** The logarithm of the least mean time between mistakes: the time itself may exceed every number. */
    private double logRecurrence(double detection, double eta) {
        double log = Math.log(eta);
        long last = (long) Math.ceil(detection / eta) - 1;
        for (long j = 1; j <= last; j++) {
            double rest = (detection - j * eta) * (detection - j * eta);
            // Both zero: a heartbeat that comes exactly in time, of a network that never loses nor delays.
            if (variance + loss * rest > 0) {
                log += Math.log(variance + rest) - Math.log(variance + loss * rest);
            }
        }
        return log;
    }

    private Proposal proposal(double detection, double eta) {
        Duration interval = duration(eta);
        Duration timeout = goal.detectionTime();
        double recurrence = Math.exp(Math.min(logRecurrence(detection, eta), Math.log(Long.MAX_VALUE / 2.0)));
        return new Proposal(
                interval,
                DetectorConfig.adaptive(interval, timeout.minus(interval)),
                DetectorConfig.deadline(timeout),
                phi(detection, eta),
                duration(recurrence));
    }

    /**
     * The phi detector that suspects after the same silence. Its least deviation lies above what it will learn, so that the
     * chance of what it has just seen does not move the moment.
     */
    private DetectorConfig.Phi phi(double detection, double eta) {
        double mean = eta / (1 - loss);
        double gaps = eta * eta * loss / ((1 - loss) * (1 - loss));
        double deviation = Math.max(FLOOR * Math.sqrt(variance + gaps), (detection - mean) / MAX_DEVIATIONS);
        double threshold = NormalTail.minusLog10((detection - mean) / deviation);
        return new DetectorConfig.Phi(threshold, 1_000, duration(deviation), Duration.ZERO, duration(eta));
    }

    private TuningOutcome unreachable(double wished) {
        String reason = "no interval reaches it: a loss of up to "
                + Math.round(loss * 1e4) / 100.0 + " % and a delay that deviates by "
                + duration(Math.sqrt(variance / 2))
                + " leave too many heartbeats missing after " + goal.detectionTime();
        for (double detection = wished * 1.1; detection <= Math.min(wished * PATIENCE, DAY); detection *= 1.1) {
            if (interval(detection).isPresent()) {
                return new TuningOutcome.Unreachable(reason, Optional.of(duration(detection)));
            }
        }
        return new TuningOutcome.Unreachable(reason, Optional.empty());
    }

    /** The upper end of Wilson's score interval (1927): it is above the observed share even if nothing was lost. */
    private static double upperLoss(ArrivalObservation seen) {
        double z = 2.576;
        double n = (double) seen.received() + seen.lost();
        double p = seen.lossRate();
        double spread = z * Math.sqrt(p * (1 - p) / n + z * z / (4 * n * n));
        return (p + z * z / (2 * n) + spread) / (1 + z * z / n);
    }

    private static double nanos(Duration duration) {
        return duration.getSeconds() * 1e9 + duration.getNano();
    }

    private static Duration duration(double nanos) {
        return Duration.ofNanos(Math.max(1, Math.round(nanos)));
    }
}
