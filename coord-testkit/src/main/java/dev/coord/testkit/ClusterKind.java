package dev.coord.testkit;

/** Starts a cluster of some kind. */
@FunctionalInterface
interface ClusterKind {

    /**
     * Starts it.
     *
     * @param seed what was asked of this run by {@link Simulations#SEED}; blank if nothing was. For what chance decides
     */
    TestCluster start(ClusterSettings settings, String seed);
}
