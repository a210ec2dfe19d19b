package dev.coord.examples.metrics;

import dev.coord.Coord;
import dev.coord.raft.CoordMetrics;
import dev.coord.raft.CoordPeer;
import dev.coord.raft.RatisMetrics;
import dev.coord.recipes.election.ElectionMetrics;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.lock.Acquirable;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.recipes.lock.LockMetrics;
import io.micrometer.core.instrument.MeterRegistry;

/** The code in docs/metrics.md. */
final class MetricsSnippets {

    private MetricsSnippets() {}

    static void peer(CoordPeer peer, MeterRegistry registry) {
        new CoordMetrics(peer).bindTo(registry); // this peer's part in the cluster
        new RatisMetrics(peer).bindTo(registry); // Raft's log, followers and elections
    }

    static Acquirable<LockHandle> lock(Coord coord, MeterRegistry registry) {
        LockMetrics figures = new LockMetrics(registry, "ledger");
        return DistributedLock.on(coord, "/locks/ledger").withListener(figures);
    }

    static LeaderElection election(Coord coord, MeterRegistry registry) {
        ElectionMetrics figures = new ElectionMetrics(registry, "billing");
        LeaderElection election = LeaderElection.on(coord, "/elections/billing").withListener(figures);
        election.observe(figures);
        return election;
    }
}
