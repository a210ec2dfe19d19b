package dev.coord.recipes.detector;

import dev.coord.recipes.detector.AccrualDetector.Estimate;

/** Learns mean and deviation of the intervals. */
final class NormalLearner implements AccrualDetector.Learner {
    private final IntervalWindow window;
    private final double pause;
    private final double minDeviation;

    NormalLearner(DetectorConfig.Phi config) {
        window = new IntervalWindow(config.window());
        pause = config.acceptablePause().toNanos();
        minDeviation = config.minDeviation().toNanos();
        long first = config.firstInterval().toNanos();
        long deviation = first / 4;
        window.add(first - deviation);
        window.add(first + deviation);
    }

    @Override
    public Estimate resume(long at) {
        return estimate();
    }

    @Override
    public Estimate learn(long last, long at) {
        window.add(at - last);
        return estimate();
    }

    private Estimate estimate() {
        double expected = window.mean() + pause;
        double deviation = Math.max(window.deviation(), minDeviation);
        return silence -> NormalTail.minusLog10((silence - expected) / deviation);
    }
}
