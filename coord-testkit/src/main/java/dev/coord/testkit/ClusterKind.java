package dev.coord.testkit;

/** Starts a cluster of some kind. */
@FunctionalInterface
interface ClusterKind {

    TestCluster start(ClusterSettings settings);
}
