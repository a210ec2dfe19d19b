package dev.coord.testkit.workload;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * One thing done in a run.
 *
 * @param action the name of the action
 * @param salt what its randomness derives from
 * @param waitNanos the simulated time that passes after it
 */
record Step(String action, long salt, long waitNanos) {
    SplittableRandom random() {
        return new SplittableRandom(salt);
    }

    @Override
    public String toString() {
        return String.format("%-16s salt %016x, then %s", action, salt, Duration.ofNanos(waitNanos));
    }
}
