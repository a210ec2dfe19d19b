package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CoordMetricsIT {

    @Test
    void meters_ofRunningPeer_showWhatItDid() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(1)) {
            CoordPeer peer = cluster.peer("n1");
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            new CoordMetrics(peer).bindTo(registry);
            peer.coord().kv().put("/a", "1");
            peer.coord().kv().get("/a");
            assertThat(registry.get("coord.running").tag("peer", "n1").gauge().value())
                    .isEqualTo(1);
            assertThat(registry.get("coord.leading").gauge().value()).isEqualTo(1);
            assertThat(registry.get("coord.keys").gauge().value()).isEqualTo(1);
            assertThat(registry.get("coord.leases.held").gauge().value()).isEqualTo(1);
            assertThat(registry.get("coord.operations").functionCounter().count())
                    .isGreaterThanOrEqualTo(2);
            assertThat(registry.get("coord.read.rounds").functionCounter().count())
                    .isGreaterThanOrEqualTo(1);
            assertThat(registry.getMeters())
                    .allSatisfy(
                            meter -> assertThat(meter.getId().getTag("peer")).isEqualTo("n1"));
        }
    }
}
