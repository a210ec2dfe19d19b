package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.KeyRange;
import dev.coord.raft.testing.Eventually;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchSpec;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CoordMetricsIT {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private double gauge(String name) {
        return registry.get(name).tag("peer", "n1").gauge().value();
    }

    private double counter(String name) {
        return registry.get(name).functionCounter().count();
    }

    private double quantile(String name, String part) {
        return registry.get(name).tag("quantile", part).timeGauge().value(TimeUnit.NANOSECONDS);
    }

    @Test
    void meters_ofRunningPeer_showWhatItDid() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(1)) {
            CoordPeer peer = cluster.peer("n1");
            new CoordMetrics(peer).bindTo(registry);
            peer.coord().kv().put("/a", "1");
            peer.coord().kv().get("/a");
            peer.coord().kv().get("/a", Consistency.sequential());
            assertThat(gauge("coord.running")).isEqualTo(1);
            assertThat(gauge("coord.leading")).isEqualTo(1);
            assertThat(gauge("coord.keys")).isEqualTo(1);
            assertThat(gauge("coord.history.revisions")).isEqualTo(1);
            assertThat(gauge("coord.sessions")).isEqualTo(1);
            assertThat(gauge("coord.leases.held")).isEqualTo(1);
            assertThat(counter("coord.operations")).isGreaterThanOrEqualTo(2);
            assertThat(counter("coord.batches.operations")).isGreaterThanOrEqualTo(counter("coord.batches"));
            assertThat(counter("coord.batches.bytes")).isGreaterThan(20);
            assertThat(counter("coord.reads.rounds")).isGreaterThanOrEqualTo(1);
            assertThat(counter("coord.reads.confirmed")).isEqualTo(1);
            assertThat(counter("coord.reads.local")).isEqualTo(1);
            assertThat(counter("coord.leader.changes")).isGreaterThanOrEqualTo(1);
            assertThat(registry.getMeters())
                    .allSatisfy(
                            meter -> assertThat(meter.getId().getTag("peer")).isEqualTo("n1"));
        }
    }

    @Test
    void latencies_areThoseOfTheOperations() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(1)) {
            Coord coord = cluster.coord("n1");
            coord.kv().put("/before", "the binding");
            new CoordMetrics(cluster.peer("n1")).bindTo(registry);
            long began = coord.ticker().nanos();
            for (int i = 0; i < 20; i++) {
                coord.kv().put("/a", "1");
                coord.kv().get("/a");
            }
            double took = coord.ticker().nanos() - began;
            for (String name : new String[] {"coord.operations.latency", "coord.reads.latency"}) {
                assertThat(registry.get(name).functionTimer().count()).isEqualTo(20);
                assertThat(registry.get(name).functionTimer().totalTime(TimeUnit.NANOSECONDS))
                        .isPositive()
                        .isLessThan(took);
                assertThat(quantile(name + ".quantile", "0.5"))
                        .isPositive()
                        .isLessThanOrEqualTo(quantile(name + ".quantile", "0.999"));
                assertThat(quantile(name + ".quantile", "0.999")).isLessThan(took * 1.07);
            }
        }
    }

    @Test
    void watches_tellEventsAndHowFarTheSlowestIsBehind() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(1)) {
            Coord coord = cluster.coord("n1");
            new CoordMetrics(cluster.peer("n1")).bindTo(registry);
            CountDownLatch release = new CountDownLatch(1);
            try (Watch ignored =
                    coord.watch(WatchSpec.of(KeyRange.prefix("/w/")), (revision, events) -> await(release))) {
                for (int i = 0; i < 5; i++) {
                    coord.kv().put("/w/" + i, "1");
                }
                assertThat(gauge("coord.watches")).isEqualTo(1);
                Eventually.until("it is behind", () -> gauge("coord.watches.backlog") == 5);
                release.countDown();
                Eventually.until("it is not", () -> gauge("coord.watches.backlog") == 0);
                Eventually.until("all was told", () -> counter("coord.watches.events") == 5);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void sessionEndedByOthers_hasExpired_closedOneHasNot() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(1)) {
            CoordPeer peer = cluster.peer("n1");
            new CoordMetrics(peer).bindTo(registry);
            try (Coord ended = peer.openSession(Duration.ofSeconds(10))) {
                peer.openSession(Duration.ofSeconds(10)).close();
                peer.coord().leases().revoke(ended.session().id());
                Eventually.until("it has expired", () -> counter("coord.sessions.expired") == 1);
                Eventually.until("both have ended", () -> counter("coord.leases.ended") == 2);
            }
            assertThat(counter("coord.sessions.expired")).isEqualTo(1);
        }
    }
}
