package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.raft.LocalCluster.Network;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class LocalClusterIT {

    @ParameterizedTest
    @EnumSource(Network.class)
    void peers_writeAndRead_atEveryPeer(Network network) throws Exception {
        try (LocalCluster cluster = LocalCluster.builder().network(network).start()) {
            for (String id : cluster.ids()) {
                Coord coord = cluster.coord(id);
                long revision = coord.kv().put("/from/" + id, "hello");
                for (String reader : cluster.ids()) {
                    Entry entry = cluster.coord(reader).kv().get("/from/" + id).orElseThrow();
                    assertThat(entry.text()).isEqualTo("hello");
                    assertThat(entry.modRevision()).isEqualTo(revision);
                }
                assertThat(coord.kv().get("/from/" + id, Consistency.sequential()))
                        .isPresent();
            }
            cluster.awaitSameState(Duration.ofSeconds(10));
        }
    }

    @ParameterizedTest
    @EnumSource(Network.class)
    void leader_killed_isReplacedSoonAndComesBack(Network network) throws Exception {
        try (LocalCluster cluster = LocalCluster.builder().network(network).start()) {
            String first = cluster.awaitLeader(Duration.ofSeconds(10));
            String other = cluster.ids().stream()
                    .filter(id -> !id.equals(first))
                    .findFirst()
                    .orElseThrow();
            Coord coord = cluster.coord(other);
            coord.kv().put("/a", "1");
            long before = System.nanoTime();
            cluster.kill(first);
            long revision = coord.kv().put("/a", "2");
            System.out.println(network + " failover ms " + (System.nanoTime() - before) / 1_000_000);
            cluster.restart(first);
            assertThat(cluster.coord(first).kv().get("/a").orElseThrow().modRevision())
                    .isEqualTo(revision);
        }
    }
}
