package dev.coord.recipes.detector;

import java.time.Duration;

/**
 * How good a failure detector was so far, in the measures of Chen, Toueg and Aguilera (2002, section 2). A <em>mistake</em> is
 * a suspicion of a process that lives. A suspicion that still lasts may be one or not; it counts once that is known: when it
 * is taken back, or when the process is known to have crashed.
 *
 * @param observed how long the process was judged while it lived; the rest is out of this time
 * @param mistakes how many suspicions were mistakes
 * @param mistakesPerHour the average mistake rate λ<sub>M</sub>: mistakes by time observed; 0 if no time was
 * @param queryAccuracy P<sub>A</sub>: the share of the time observed at which the answer was right; 1 if no time was
 * @param detectionTime T<sub>D</sub>: from a crash to the suspicion, zero if it was suspected before. Where the moment of a crash
 *     is not known, the last heartbeat stands for it, so it is too long by up to an interval
 * @param mistakeRecurrence T<sub>MR</sub>: from the beginning of one mistake to that of the next
 * @param mistakeDuration T<sub>M</sub>: from the beginning of a mistake to its end
 * @param goodPeriod T<sub>G</sub>: from the end of a mistake, or the first heartbeat, to the beginning of the next mistake
 */
public record QualityReport(
        Duration observed,
        long mistakes,
        double mistakesPerHour,
        double queryAccuracy,
        Distribution detectionTime,
        Distribution mistakeRecurrence,
        Distribution mistakeDuration,
        Distribution goodPeriod) {}
