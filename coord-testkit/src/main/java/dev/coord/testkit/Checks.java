package dev.coord.testkit;

import java.time.Duration;

/** What clusters of both kinds do alike with what a test gives them. */
final class Checks {
    private Checks() {}

    static void notNegative(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException(duration + " is negative; time only goes forward");
        }
    }

    /** Asks a condition; what it throws that is checked becomes a failure of the test. */
    static boolean holds(String what, TestCluster.Condition condition) {
        try {
            return condition.holds();
        } catch (RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what, e);
        } catch (Exception e) {
            throw new AssertionError("while waiting for " + what + ": " + e, e);
        }
    }
}
