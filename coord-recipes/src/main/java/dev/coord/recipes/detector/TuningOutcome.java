package dev.coord.recipes.detector;

import java.time.Duration;
import java.util.Optional;

/** What {@link DetectorTuner} found. */
public sealed interface TuningOutcome {

    /**
     * Parameters that reach the goal: one interval, and three detectors to choose from, each of which suspects at about the
     * same time after a crash.
     *
     * @param interval how often to send
     * @param adaptive the detector of Chen, Toueg and Aguilera, for which the bounds were proven
     * @param deadline the fixed deadline
     * @param phi the phi accrual detector
     * @param mistakeRecurrence the lower bound of the average time from one mistake to the next with this
     */
    record Proposal(
            Duration interval,
            DetectorConfig.Adaptive adaptive,
            DetectorConfig.Deadline deadline,
            DetectorConfig.Phi phi,
            Duration mistakeRecurrence)
            implements TuningOutcome {}

    /**
     * The goal cannot be reached, however often heartbeats are sent.
     *
     * @param reason why, in words
     * @param reachable the shortest detection time, to a tenth, with which the other wishes can be reached; empty if none of up
     *     to a hundred times the wished one, and to a day, is
     */
    record Unreachable(String reason, Optional<Duration> reachable) implements TuningOutcome {}

    /**
     * Too little was observed to tell.
     *
     * @param received how many heartbeats were
     * @param needed how many are needed
     */
    record TooFewSamples(long received, long needed) implements TuningOutcome {}
}
