package dev.coord.recipes.broadcast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Value;
import dev.coord.net.Messenger;
import dev.coord.testkit.SimulatedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a broadcast costs in messages; docs/broadcast.md states these figures. */
@Timeout(60)
class BroadcastCostTest {
    private static final int PEERS = 5;

    private int requests;

    private final class Counting implements Messenger {
        private final Messenger messenger;

        Counting(Messenger messenger) {
            this.messenger = messenger;
        }

        @Override
        public String self() {
            return messenger.self();
        }

        @Override
        public Set<String> others() {
            return messenger.others();
        }

        @Override
        public CompletableFuture<byte[]> request(String peer, String service, byte[] payload, Duration timeout) {
            requests++;
            return messenger.request(peer, service, payload, timeout);
        }

        @Override
        public Service serve(String service, Handler handler) {
            return messenger.serve(service, handler);
        }
    }

    private BroadcastGroup group(SimulatedCluster cluster, String peer) {
        return BroadcastGroup.on(cluster.coord(peer), new Counting(cluster.messenger(peer)), "costs");
    }

    private int settled(SimulatedCluster cluster) {
        cluster.advance(Duration.ofSeconds(5));
        int now = requests;
        requests = 0;
        return now;
    }

    @Test
    void causalMessage_takesOneForEachOther() {
        try (SimulatedCluster cluster = SimulatedCluster.start(PEERS, 1)) {
            List<CausalBroadcast> members = new ArrayList<>();
            cluster.ids().forEach(peer -> members.add(CausalBroadcast.open(group(cluster, peer), delivery -> {})));
            settled(cluster);
            cluster.await(members.get(0).broadcast(Value.of("m")));
            assertThat(settled(cluster)).isEqualTo(PEERS - 1);
        }
    }

    @Test
    void totallyOrderedMessage_takesAllToAll_andFewMoreThanOneForEachOtherUnderLoad() {
        try (SimulatedCluster cluster = SimulatedCluster.start(PEERS, 1)) {
            List<TotalOrderBroadcast> members = new ArrayList<>();
            cluster.ids().forEach(peer -> members.add(TotalOrderBroadcast.open(group(cluster, peer), delivery -> {})));
            settled(cluster);
            cluster.await(members.get(0).broadcast(Value.of("m")));
            assertThat(settled(cluster)).isEqualTo(PEERS * (PEERS - 1));

            int rounds = 20;
            for (int i = 0; i < rounds; i++) {
                members.forEach(
                        member -> assertThat(member.broadcast(Value.of("m"))).isNotNull());
            }
            int each = settled(cluster) / (rounds * PEERS);
            assertThat(each).isBetween(PEERS - 1, 2 * (PEERS - 1));
        }
    }
}
