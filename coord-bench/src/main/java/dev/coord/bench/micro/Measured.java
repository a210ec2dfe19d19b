package dev.coord.bench.micro;

import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * What an operation costs.
 *
 * @param nanos the mean time
 * @param error half of the confidence interval of 99.9 % around it, as far as the iterations of one JVM tell; NaN if they do not
 * @param bytes what it allocates
 */
record Measured(double nanos, double error, double bytes) {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    static Measured of(RunResult result) {
        Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
        if (allocated == null) {
            throw new IllegalStateException("JMH told no " + ALLOCATED + ": this JVM does not count allocation");
        }
        return new Measured(
                result.getPrimaryResult().getScore(), result.getPrimaryResult().getScoreError(), allocated.getScore());
    }
}
