package dev.coord.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.net.Datagrams;
import dev.coord.net.Messenger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests and datagrams between simulated peers, and what faults do to them. */
@Timeout(120)
class SimulatedMessagesTest {
    private static final int SEEDS = 150;
    private static final int REQUESTS = 60;

    @Test
    void disturbedNetwork_handlesEachRequestOnceAtMost_inOrder_andNoneThatIsSaidNotToBe() {
        int answered = 0;
        int failed = 0;
        int refused = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            try (SimulatedCluster cluster = SimulatedCluster.start(3, seed)) {
                cluster.faults().disturbMessages(0.1, 0.4, Duration.ofMillis(seed % 3 == 0 ? 0 : 5));
                Tally tally = new Tally(cluster);
                answered += tally.answered;
                failed += REQUESTS - tally.answered;
                refused += tally.refused;
            }
        }
        assertThat(answered).isGreaterThan(SEEDS * REQUESTS / 4);
        assertThat(failed).isGreaterThan(SEEDS * REQUESTS / 20);
        assertThat(refused).isGreaterThan(SEEDS);
    }

    /** Sends requests from n1 to n2 and compares what came of them. */
    private static final class Tally {
        private final List<Integer> handled = new ArrayList<>();
        private int answered;
        private int refused;

        Tally(SimulatedCluster cluster) {
            serve(cluster);
            Messenger messenger = cluster.messenger("n1");
            List<CompletableFuture<byte[]>> requests = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                byte[] payload = Integer.toString(i).getBytes(UTF_8);
                requests.add(messenger.request("n2", "note", payload, Duration.ofSeconds(1)));
                cluster.advance(Duration.ofMillis(i % 2));
                if (i == REQUESTS / 2) {
                    cluster.faults().crash("n2");
                } else if (i == REQUESTS * 2 / 3) {
                    cluster.faults().restart("n2");
                    serve(cluster);
                }
            }
            // Whatever may still arrive has.
            cluster.advance(Duration.ofSeconds(10));
            for (int i = 0; i < REQUESTS; i++) {
                compare(i, cluster, requests.get(i));
            }
            assertThat(handled).isSorted().doesNotHaveDuplicates();
        }

        private void serve(SimulatedCluster cluster) {
            cluster.messenger("n2").serve("note", (from, payload) -> {
                handled.add(Integer.parseInt(new String(payload, UTF_8)));
                return CompletableFuture.completedFuture(payload);
            });
        }

        private void compare(int i, SimulatedCluster cluster, CompletableFuture<byte[]> request) {
            try {
                assertThat(cluster.await(request)).asString().isEqualTo(Integer.toString(i));
                assertThat(handled).contains(i);
                answered++;
            } catch (CoordException e) {
                if (e.outcome() == Outcome.NOT_APPLIED) {
                    refused++;
                    assertThat(handled).doesNotContain(i);
                }
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void datagrams_arriveAtTheirAddress_unlessItIsCutOffOrCrashed() {
        try (SimulatedCluster cluster = SimulatedCluster.start(3, 1)) {
            List<String> received = new ArrayList<>();
            cluster.datagrams("n2").receive((from, payload) -> received.add(from + " " + new String(payload, UTF_8)));
            Datagrams sender = cluster.datagrams("n1");

            sender.send("n2", bytes("first"));
            cluster.advance(Duration.ofSeconds(1));
            cluster.faults().cut("n1", "n2");
            sender.send("n2", bytes("cut"));
            cluster.advance(Duration.ofSeconds(1));
            cluster.faults().heal();
            cluster.faults().pause("n2");
            sender.send("n2", bytes("paused"));
            cluster.advance(Duration.ofSeconds(1));
            assertThat(received).containsExactly("n1 first");

            cluster.faults().resume("n2");
            cluster.advance(Duration.ofSeconds(1));
            cluster.faults().crash("n2");
            sender.send("n2", bytes("crashed"));
            sender.send("nowhere", bytes("lost"));
            cluster.advance(Duration.ofSeconds(1));
            assertThat(received).containsExactly("n1 first", "n1 paused");
        }
    }

    @Test
    void disturbedDatagrams_areLostDoubledAndOvertaken() {
        try (SimulatedCluster cluster = SimulatedCluster.start(3, 7)) {
            List<String> received = new ArrayList<>();
            cluster.datagrams("n2").receive((from, payload) -> received.add(new String(payload, UTF_8)));
            cluster.faults().disturbMessages(0.2, 0.2, Duration.ofMillis(50));
            Datagrams sender = cluster.datagrams("n1");
            for (int i = 1000; i < 1500; i++) {
                sender.send("n2", bytes(Integer.toString(i)));
            }
            cluster.advance(Duration.ofSeconds(1));
            Set<String> once = new HashSet<>(received);
            assertThat(once).hasSizeBetween(330, 470);
            assertThat(received.size()).isGreaterThan(once.size() + 30);
            assertThat(received).isNotEqualTo(received.stream().sorted().toList());
        }
    }

    @Test
    void datagrams_misused_sayWhatIsWrong() {
        try (SimulatedCluster cluster = SimulatedCluster.start(3, 1)) {
            Datagrams one = cluster.datagrams("n1");
            assertThatThrownBy(() -> one.send("n2", new byte[one.maxPayload() + 1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1401");
            one.receive((from, payload) -> {});
            assertThatThrownBy(() -> one.receive((from, payload) -> {})).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> cluster.datagrams("n1"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("n1");
            one.close();
            assertThat(cluster.datagrams("n1").address()).isEqualTo("n1");
        }
    }
}
