package dev.coord.recipes.detector;

import java.time.Duration;

/**
 * What is wished of a failure detector.
 *
 * @param detectionTime how long after a crash it is to be suspected at the latest, but for the mean delay of the network, which
 *     nobody can measure without synchronised clocks
 * @param mistakeRecurrence how long from one mistake to the next on average at least; the inverse of the mistake rate
 * @param mistakeDuration how long a mistake lasts on average at most
 */
public record TuningGoal(Duration detectionTime, Duration mistakeRecurrence, Duration mistakeDuration) {
    private static final Duration MAX_RECURRENCE = Duration.ofDays(36_500);

    /** Checks the bounds. */
    public TuningGoal {
        ConfigChecks.positive("detectionTime", detectionTime);
        ConfigChecks.positive("mistakeDuration", mistakeDuration);
        if (mistakeRecurrence.compareTo(detectionTime) < 0 || mistakeRecurrence.compareTo(MAX_RECURRENCE) > 0) {
            throw new IllegalArgumentException(
                    "mistakeRecurrence must be at least the detectionTime and at most a hundred years, but is "
                            + mistakeRecurrence);
        }
    }

    /**
     * Returns the goal with mistakes that last no longer than the detection time.
     *
     * @param detectionTime how long after a crash it is to be suspected
     * @param mistakeRecurrence how long from one mistake to the next
     * @return the goal
     */
    public static TuningGoal of(Duration detectionTime, Duration mistakeRecurrence) {
        return new TuningGoal(detectionTime, mistakeRecurrence, detectionTime);
    }
}
