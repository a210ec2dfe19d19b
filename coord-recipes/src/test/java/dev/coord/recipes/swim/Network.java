package dev.coord.recipes.swim;

import java.util.Arrays;
import java.util.SplittableRandom;

/** How long messages take, and which are lost. */
final class Network {
    private final SplittableRandom random;
    private long base;
    private double jitter;
    private double loss;
    private final int[] sides;
    private final boolean[][] cuts;

    Network(SplittableRandom random, int nodes) {
        this.random = random;
        this.sides = new int[nodes];
        this.cuts = new boolean[nodes][nodes];
        set(500_000, 0, 0);
    }

    /** One way takes the base and an exponential jitter of this mean. */
    void set(long baseNanos, double jitterNanos, double lossShare) {
        base = baseNanos;
        jitter = jitterNanos;
        loss = lossShare;
    }

    void setLoss(double lossShare) {
        loss = lossShare;
    }

    /** Only nodes of one side reach each other. */
    void side(int node, int side) {
        sides[node] = side;
    }

    /** Loses all datagrams of two to each other; what is sent as a request still comes through. */
    void cut(int one, int other) {
        cuts[one][other] = true;
        cuts[other][one] = true;
    }

    void heal() {
        Arrays.fill(sides, 0);
        for (boolean[] row : cuts) {
            Arrays.fill(row, false);
        }
    }

    boolean carries(int from, int to) {
        return connects(from, to) && !cuts[from][to] && !loses();
    }

    boolean connects(int from, int to) {
        return sides[from] == sides[to];
    }

    boolean loses() {
        return loss > 0 && random.nextDouble() < loss;
    }

    long delay() {
        return base + (jitter == 0 ? 0 : (long) (-jitter * Math.log(1 - random.nextDouble())));
    }

    /** The same for a connection that sends again what was lost, after 200 ms, 400 ms and so on. */
    long reliableDelay() {
        long delay = delay();
        for (long again = 200_000_000; loses(); again *= 2) {
            delay += again;
        }
        return delay;
    }
}
