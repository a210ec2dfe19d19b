package dev.coord.examples.metrics;

import dev.coord.Coord;
import dev.coord.kv.Value;
import dev.coord.raft.CoordPeer;
import dev.coord.raft.LocalCluster;
import dev.coord.raft.UdpDatagrams;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.CommitCoordinator;
import dev.coord.recipes.commit.CommitMetrics;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.HeuristicException;
import dev.coord.recipes.commit.HeuristicOutcome;
import dev.coord.recipes.commit.Participant;
import dev.coord.recipes.commit.TransactionStatus;
import dev.coord.recipes.commit.Vote;
import dev.coord.recipes.detector.HeartbeatMetrics;
import dev.coord.recipes.detector.HeartbeatService;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.recipes.swim.SwimMembership;
import dev.coord.recipes.swim.SwimMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A cluster that does a bit of everything, with all that can be bound to a registry bound to one. */
final class Everything implements AutoCloseable {
    private static final byte[] KEY = new byte[32];
    private static final String COMMITS = "/commit/all";

    private final MeterRegistry registry;
    private final LocalCluster cluster = LocalCluster.start(3);
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    Everything(MeterRegistry registry) {
        this.registry = registry;
    }

    void start() throws Exception {
        String leader = cluster.awaitLeader(Duration.ofSeconds(10));
        for (String id : cluster.ids()) {
            MetricsSnippets.peer(cluster.peer(id), registry);
        }
        CoordPeer peer = cluster.peer(leader);
        Coord coord = peer.coord();
        coord.kv().put("/a", "1");
        coord.kv().get("/a");
        holdings(coord);
        commit(coord);
        heartbeats(coord);
        gossip(coord);
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.push(resource);
        return resource;
    }

    private void holdings(Coord coord) throws InterruptedException {
        LockHandle lock = opened(MetricsSnippets.lock(coord, registry).acquire());
        lock.close();
        Leadership leadership = opened(MetricsSnippets.election(coord, registry).campaign("here"));
        leadership.close();
    }

    private void commit(Coord coord) throws InterruptedException {
        CommitMetrics figures = new CommitMetrics(registry, COMMITS);
        CommitCoordinator coordinator = opened(CommitCoordinator.on(coord, COMMITS)
                .participant("till", new Agreeable())
                .listener(figures)
                .start());
        figures.backlogOf(coordinator);
        try (GlobalTransaction transaction = coordinator.begin()) {
            transaction.enlist("till");
            transaction.commit();
        }
        // What seldom happens, or may be told a moment later, is told by hand: its meters come into being with it.
        figures.onDecided("t", true, Duration.ofMillis(1));
        figures.onResolved("t", true);
        figures.onTakenOver("t", TransactionStatus.COMMITTED);
        figures.onRecovered("t", "till", true);
        figures.onRetry("t", "till", new IOException("on purpose"));
        figures.onScanFailed("till", new IOException("on purpose"));
        figures.onHeuristic(new HeuristicOutcome("t", "till", HeuristicException.Kind.ABORTED, true, "by hand"));
    }

    private void heartbeats(Coord coord) throws IOException {
        UdpDatagrams datagrams = opened(UdpDatagrams.bind("127.0.0.1", 0));
        HeartbeatService service = opened(HeartbeatService.builder()
                .self("n1", 1)
                .cluster("all", List.of(KEY))
                .datagrams(datagrams)
                .time(coord.ticker(), coord.scheduler())
                .members(Map.of("n1", datagrams.address(), "n2", "127.0.0.1:1"))
                .start());
        new HeartbeatMetrics(service).bindTo(registry);
    }

    private void gossip(Coord coord) throws IOException {
        UdpDatagrams datagrams = opened(UdpDatagrams.bind("127.0.0.1", 0));
        SwimMembership membership = opened(SwimMembership.builder("n1", datagrams)
                .group("all", KEY)
                .metadata(Value.EMPTY)
                .start(coord.ticker(), coord.scheduler()));
        new SwimMetrics(membership).bindTo(registry);
    }

    /** A participant that does whatever it is told. */
    private static final class Agreeable implements Participant {
        @Override
        public CompletableFuture<Vote> prepare(Branch branch) {
            return CompletableFuture.completedFuture(Vote.prepared());
        }

        @Override
        public CompletableFuture<Void> commit(Branch branch) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> abort(Branch branch) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Set<String>> recover() {
            return CompletableFuture.completedFuture(Set.of());
        }
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        cluster.close();
    }
}
