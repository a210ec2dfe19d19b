package dev.coord.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.kv.Value;
import dev.coord.lease.Lease;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SimulatedClusterTest {

    @Test
    void blockingForms_onTheTestsThread_letTimeGoOn() throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.start(3, 1)) {
            cluster.coord("n1").kv().put("/a", "1");
            assertThat(cluster.coord("n2").kv().get("/a").orElseThrow().text()).isEqualTo("1");
            Lease lease = cluster.coord("n3").leases().grant(Duration.ofMinutes(1));
            assertThat(lease.isValid()).isTrue();
            lease.close();
            assertThat(lease.isValid()).isFalse();
        }
    }

    @Test
    void lease_ofThirtyDays_expiresInMilliseconds() throws Exception {
        try (SimulatedCluster cluster =
                SimulatedCluster.builder().sessionTtl(Duration.ofDays(10)).start()) {
            Duration month = Duration.ofDays(30);
            Lease lease = cluster.coord("n3").leases().grant(month);
            String other = cluster.ids().get(0);
            cluster.faults().crash("n3");
            cluster.advance(month.minusHours(1));
            assertThat(cluster.coord(other).leases().find(lease.id())).isPresent();
            cluster.advance(month.dividedBy(24));
            assertThat(cluster.coord(other).leases().find(lease.id())).isEmpty();
            assertThat(cluster.steps()).isLessThan(10_000);
        }
    }

    @Test
    void leader_cutOff_isReplacedAndWritesGoOn() throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.start(3, 2)) {
            String first = cluster.leader().orElseThrow();
            Coord coord = cluster.coord(first);
            cluster.faults().isolate(first);
            CompletableFuture<Long> lost = coord.kv().putAsync("/a", Value.of("lost"));
            cluster.runUntil(() -> !cluster.leader().equals(java.util.Optional.of(first))
                    && cluster.leader().isPresent());
            String next = cluster.leader().orElseThrow();
            cluster.coord(next).kv().put("/a", "kept");
            assertThat(lost).isNotDone();
            cluster.faults().heal();
            cluster.await(lost);
            assertThat(cluster.coord(next).kv().get("/a").orElseThrow().text()).isEqualTo("lost");
        }
    }

    @Test
    void peer_crashedAndRestarted_hasWhatWasCommitted() throws Exception {
        for (long seed = 0; seed < 20; seed++) {
            try (SimulatedCluster cluster = SimulatedCluster.start(3, seed)) {
                for (int i = 0; i < 10; i++) {
                    cluster.coord("n1").kv().put("/k" + i, "v");
                }
                for (String id : List.of("n1", "n2", "n3")) {
                    cluster.faults().crash(id);
                }
                assertThat(cluster.leader()).isEmpty();
                for (String id : List.of("n1", "n2", "n3")) {
                    cluster.faults().restart(id);
                }
                for (int i = 0; i < 10; i++) {
                    assertThat(cluster.coord("n2").kv().get("/k" + i)).isPresent();
                }
            }
        }
    }

    @Test
    void script_blocksAndSleeps_whileOthersGoOn() throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.start(3, 3)) {
            CompletableFuture<Integer> script = cluster.run("n2", () -> {
                Coord coord = cluster.coord("n2");
                for (int i = 0; i < 5; i++) {
                    coord.kv().put("/s", "" + i);
                    cluster.sleep(Duration.ofSeconds(1));
                }
                return 5;
            });
            assertThat(cluster.await(script)).isEqualTo(5);
            assertThat(cluster.elapsed()).isGreaterThan(Duration.ofMillis(4_900));
        }
    }
}
