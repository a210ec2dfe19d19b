package dev.coord.recipes.discovery;

import java.time.Duration;

/**
 * When an instance that callers report as failing is passed over, and for how long. Immutable.
 *
 * @param failures how many reports within the window; positive
 * @param window how close together they must come, counted from the first; positive
 * @param backOff how long the instance is then passed over; positive
 */
public record DownPolicy(int failures, Duration window, Duration backOff) {

    /**
     * Creates a policy.
     *
     * @throws IllegalArgumentException if something is not positive
     */
    public DownPolicy {
        if (failures < 1 || !isPositive(window) || !isPositive(backOff)) {
            throw new IllegalArgumentException("a policy of " + failures + " failures within " + window
                    + " and a back-off of " + backOff + "; all must be positive");
        }
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    /**
     * Returns the usual policy.
     *
     * @return two failures within 30 seconds, a back-off of 30 seconds
     */
    public static DownPolicy usual() {
        return new DownPolicy(2, Duration.ofSeconds(30), Duration.ofSeconds(30));
    }
}
