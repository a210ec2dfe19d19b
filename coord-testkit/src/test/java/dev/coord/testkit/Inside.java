package dev.coord.testkit;

import dev.coord.testkit.internal.sim.SimWorld;

/** Lets tests of the peers' parts look behind a simulated cluster. */
public final class Inside {
    private Inside() {}

    /** What the cluster consists of. */
    public static SimWorld of(SimulatedCluster cluster) {
        return cluster.world();
    }
}
