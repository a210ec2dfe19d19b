package dev.coord.recipes.detector;

import org.jspecify.annotations.Nullable;

/**
 * What all detectors share: an estimate, made anew at each heartbeat and immutable, says how suspicious a silence is. So one
 * thread learns while any other asks, without a lock.
 */
final class AccrualDetector implements FailureDetector {

    /** What was learnt of the process, touched by the one who reports heartbeats. */
    interface Learner {
        /** The estimate after the first heartbeat, or after one that ended a suspicion. */
        Estimate resume(long at);

        /** The estimate after one that came in time. */
        Estimate learn(long last, long at);
    }

    /** Judges the silence since the last heartbeat. Immutable. */
    @FunctionalInterface
    interface Estimate {
        /** Suspicion after a silence in nanoseconds, which is 0 or more. */
        double suspicion(long silence);
    }

    private record State(long last, Estimate estimate) {}

    private final Learner learner;
    private final double threshold;
    private volatile @Nullable State state;

    AccrualDetector(Learner learner, double threshold) {
        this.learner = learner;
        this.threshold = threshold;
    }

    @Override
    public void heartbeat(long at) {
        State known = state;
        if (known == null) {
            state = new State(at, learner.resume(at));
            return;
        }
        long now = known.last + Math.max(0, at - known.last);
        boolean late = suspicion(known, now) >= threshold;
        state = new State(now, late ? learner.resume(now) : learner.learn(known.last, now));
    }

    @Override
    public double suspicion(long at) {
        State known = state;
        return known == null ? 0 : suspicion(known, at);
    }

    private static double suspicion(State known, long at) {
        return known.estimate.suspicion(Math.max(0, at - known.last));
    }

    @Override
    public boolean isSuspected(long at) {
        return suspicion(at) >= threshold;
    }
}
