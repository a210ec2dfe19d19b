package dev.coord.recipes.detector;

import java.time.Duration;

/** Bounds of configurations, told in one manner. */
final class ConfigChecks {
    private static final Duration MAX = Duration.ofDays(1);

    private ConfigChecks() {}

    static void positive(String what, Duration value) {
        if (value.isZero() || value.isNegative() || value.compareTo(MAX) > 0) {
            throw new IllegalArgumentException(what + " must be more than zero and at most a day, but is " + value);
        }
    }

    static void notNegative(String what, Duration value) {
        if (value.isNegative() || value.compareTo(MAX) > 0) {
            throw new IllegalArgumentException(what + " must be zero or more and at most a day, but is " + value);
        }
    }

    static void samples(int samples, int least) {
        if (samples < least || samples > DetectorConfig.MAX_WINDOW) {
            throw new IllegalArgumentException(
                    "window must be " + least + " to " + DetectorConfig.MAX_WINDOW + " samples, but is " + samples);
        }
    }

    static void threshold(double phi) {
        if (!(phi > 0 && phi <= DetectorConfig.MAX_THRESHOLD)) {
            throw new IllegalArgumentException(
                    "threshold must be more than 0 and at most " + DetectorConfig.MAX_THRESHOLD + ", but is " + phi);
        }
    }
}
