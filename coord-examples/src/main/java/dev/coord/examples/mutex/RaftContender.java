package dev.coord.examples.mutex;

import dev.coord.recipes.lock.DistributedLock;
import dev.coord.testkit.SimulatedCluster;
import java.util.concurrent.CompletableFuture;

/** The lock in the replicated store. */
final class RaftContender implements Contender {
    private final SimulatedCluster cluster;
    private final long before;

    RaftContender(SimulatedCluster cluster) {
        this.cluster = cluster;
        cluster.ids().forEach(cluster::coord);
        before = cluster.committedEntries();
    }

    @Override
    public CompletableFuture<Grant> acquire(String peer) {
        return DistributedLock.on(cluster.coord(peer), "/locks/compared")
                .acquireAsync()
                .thenApply(handle -> handle::closeAsync);
    }

    /** Raft's own are not seen here: for each log entry, one request to each other peer. */
    @Override
    public long messages() {
        return entries() * (cluster.ids().size() - 1);
    }

    long entries() {
        return cluster.committedEntries() - before;
    }
}
