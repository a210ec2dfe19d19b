package dev.coord.recipes.detector;

import dev.coord.recipes.detector.AccrualDetector.Estimate;

/** Learns the mean of the intervals that are not oversized. */
final class ExponentialLearner implements AccrualDetector.Learner {
    private static final double LN_10 = Math.log(10);

    private final IntervalWindow window;
    private final long maxInterval;

    ExponentialLearner(DetectorConfig.Exponential config) {
        window = new IntervalWindow(config.window());
        maxInterval = config.maxInterval().toNanos();
        window.add(config.firstInterval().toNanos());
    }

    @Override
    public Estimate resume(long at) {
        return estimate();
    }

    @Override
    public Estimate learn(long last, long at) {
        if (at - last <= maxInterval) {
            window.add(at - last);
        }
        return estimate();
    }

    private Estimate estimate() {
        // Heartbeats that all came at once have a mean of zero, by which nothing can be divided.
        double scale = Math.max(window.mean(), 1) * LN_10;
        return silence -> silence / scale;
    }
}
