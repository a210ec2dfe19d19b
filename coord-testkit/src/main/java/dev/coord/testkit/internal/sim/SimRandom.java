package dev.coord.testkit.internal.sim;

import java.util.random.RandomGenerator;

/**
 * The numbers of a simulation: SplitMix64, with bounds and fractions computed here, so that a seed means the same on every
 * JDK.
 */
public final class SimRandom implements RandomGenerator {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    /**
     * Creates a sequence.
     *
     * @param seed equal seeds give equal sequences
     */
    public SimRandom(long seed) {
        state = seed;
    }

    @Override
    public long nextLong() {
        state += GAMMA;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** A number from 0 to below the bound. */
    public int below(int bound) {
        return (int) (((nextLong() >>> 33) * bound) >>> 31);
    }

    /** A number from 0 to below the bound. */
    long below(long bound) {
        return (long) (unit() * bound);
    }

    /** A fraction from 0 to below 1. */
    double unit() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** True with this probability; draws nothing when it is zero. */
    boolean chance(double probability) {
        return probability > 0 && unit() < probability;
    }

    /** A sequence of its own, so that what it is used for does not disturb this one. */
    SimRandom split() {
        return new SimRandom(nextLong());
    }
}
