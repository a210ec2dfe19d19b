package dev.coord.recipes.detector;

import dev.coord.recipes.detector.AccrualDetector.Estimate;

/** Learns by how much heartbeats are behind slots that lie one interval apart, the first of which is the first arrival. */
final class ScheduleLearner implements AccrualDetector.Learner {
    private final IntervalWindow offsets;
    private final long interval;
    private final double margin;
    private long origin;
    private long slot;

    ScheduleLearner(DetectorConfig.Adaptive config) {
        offsets = new IntervalWindow(config.window());
        interval = config.interval().toNanos();
        margin = config.margin().toNanos();
    }

    @Override
    public Estimate resume(long at) {
        offsets.clear();
        origin = at;
        slot = 0;
        return estimate(at);
    }

    @Override
    public Estimate learn(long last, long at) {
        double behind = at - origin - offsets.mean();
        slot = Math.max(slot, Math.round(behind / interval));
        return estimate(at);
    }

    private Estimate estimate(long at) {
        offsets.add(at - origin - slot * interval);
        double untilNext = offsets.mean() + (slot + 1) * (double) interval - (at - origin);
        return silence -> Math.max(0, (silence - untilNext) / margin);
    }
}
