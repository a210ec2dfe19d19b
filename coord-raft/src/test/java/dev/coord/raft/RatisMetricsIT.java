package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Value;
import dev.coord.raft.testing.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RatisMetricsIT {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private long timed(String name, String peer) {
        return (long) registry.get(name).tag("peer", peer).functionTimer().count();
    }

    private double seconds(String name, String peer) {
        return registry.get(name).tag("peer", peer).functionTimer().totalTime(TimeUnit.SECONDS);
    }

    private long counted(String name, String peer) {
        return (long) registry.get(name).tag("peer", peer).functionCounter().count();
    }

    private double gauge(String name, String peer, String member) {
        return registry.get(name)
                .tag("peer", peer)
                .tag("member", member)
                .gauge()
                .value();
    }

    private static void put(CoordPeer peer, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            peer.coord().kv().put("/a", "1");
        }
    }

    @Test
    void meters_ofAllPeers_tellOfLogAndFollowersAndElections() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(3)) {
            String leader = cluster.awaitLeader(Duration.ofSeconds(10));
            cluster.ids().forEach(id -> new RatisMetrics(cluster.peer(id)).bindTo(registry));
            put(cluster.peer(leader), 50);
            assertThat(timed("ratis.write", leader)).isGreaterThanOrEqualTo(50);
            assertThat(counted("ratis.log.entries", leader)).isGreaterThanOrEqualTo(50);
            for (String id : cluster.ids()) {
                assertThat(gauge("ratis.commit.index", leader, id)).isPositive();
                if (!id.equals(leader)) {
                    Eventually.until("it has followed", () -> timed("ratis.append", id) > 0);
                    Eventually.until("it has written", () -> timed("ratis.log.sync", id) > 0);
                    assertThat(seconds("ratis.log.sync", id)).isPositive();
                    assertThat(gauge("ratis.follower.match.index", leader, id)).isPositive();
                }
            }
            cluster.kill(leader);
            Eventually.until(
                    "another leader was elected, and tells",
                    () -> cluster.ids().stream()
                            .filter(id -> !id.equals(leader))
                            .anyMatch(id -> timed("ratis.election", id) > 0 && counted("ratis.elections.won", id) > 0));
        }
    }

    @Test
    void beforeTheBinding_nothingIsCounted() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(1)) {
            put(cluster.peer("n1"), 100);
            new RatisMetrics(cluster.peer("n1")).bindTo(registry);
            assertThat(counted("ratis.log.entries", "n1")).isLessThan(20);
            put(cluster.peer("n1"), 100);
            assertThat(counted("ratis.log.entries", "n1")).isGreaterThanOrEqualTo(100);
        }
    }

    @Test
    void clustersOfOneName_haveLogsOfTheirOwn() throws Exception {
        SimpleMeterRegistry others = new SimpleMeterRegistry();
        try (LocalCluster one = LocalCluster.start(1);
                LocalCluster other = LocalCluster.start(1)) {
            new RatisMetrics(one.peer("n1")).bindTo(registry);
            new RatisMetrics(other.peer("n1")).bindTo(others);
            List<CompletableFuture<Long>> puts = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                puts.add(one.coord("n1").kv().putAsync("/a", Value.of("1")));
                puts.get(i).join();
            }
            assertThat(counted("ratis.log.entries", "n1")).isGreaterThanOrEqualTo(100);
            assertThat(others.get("ratis.log.entries").functionCounter().count())
                    .isLessThan(20);
        }
    }
}
