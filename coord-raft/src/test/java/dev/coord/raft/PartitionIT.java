package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.IndeterminateException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Kv;
import dev.coord.kv.Value;
import dev.coord.raft.testing.Eventually;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A minority is cut off from the majority, with the Raft leader and without it. */
@Timeout(60)
class PartitionIT {
    private static final Duration TIMEOUT = Duration.ofMillis(300);
    /** How late a refusal may come on a machine that is busy otherwise. */
    private static final Duration SLACK = Duration.ofSeconds(2);

    @ParameterizedTest
    @CsvSource({"3, true", "3, false", "5, true", "5, false"})
    void minority_cutOff_refusesAndTheMajorityGoesOn(int size, boolean withLeader) throws Exception {
        try (LocalCluster cluster = LocalCluster.builder()
                .peers(size)
                .electionTimeout(Duration.ofMillis(200))
                .start()) {
            for (String id : cluster.ids()) {
                cluster.coord(id).kv().put("/before/" + id, "1");
            }
            cluster.awaitSameState(Duration.ofSeconds(10));
            new Partition(cluster, withLeader).run();
        }
    }

    /** One cluster's partition and its healing. */
    private static final class Partition {
        private final LocalCluster cluster;
        private final String oldLeader;
        private final List<String> minority;
        private final List<String> majority;

        Partition(LocalCluster cluster, boolean withLeader) {
            this.cluster = cluster;
            oldLeader = cluster.awaitLeader(Duration.ofSeconds(10));
            Stream<String> leaderFirst =
                    Stream.concat(Stream.of(oldLeader), cluster.ids().stream().filter(id -> !id.equals(oldLeader)));
            List<String> order = leaderFirst.toList();
            int few = (order.size() - 1) / 2;
            int from = withLeader ? 0 : order.size() - few;
            minority = order.subList(from, from + few);
            majority = order.stream().filter(id -> !minority.contains(id)).toList();
        }

        void run() throws Exception {
            cluster.isolate(minority.toArray(String[]::new));
            writesSentAreIndeterminate();
            majorityGoesOn("/majority/1");
            Eventually.until(
                    "the minority knows no leader",
                    () -> minority.stream()
                            .allMatch(id -> cluster.peer(id).status().leader().isEmpty()));
            for (String id : minority) {
                refusesWhatItCannotConfirm(id);
                servesWhatItHas(id);
            }
            majorityGoesOn("/majority/2");
            cluster.heal();
            allAgreeAfterHealing();
        }

        /** The peers of the minority still believe in their leader, and send to it. */
        private void writesSentAreIndeterminate() throws InterruptedException {
            long before = Ticker.system().nanos();
            List<CompletableFuture<Long>> writes = new ArrayList<>();
            for (String id : minority) {
                assertThat(cluster.peer(id).status().leader()).contains(oldLeader);
                writes.add(kv(id).putAsync("/sent/" + id, Value.of("1")));
            }
            for (CompletableFuture<Long> write : writes) {
                assertThatThrownBy(write::get).hasCauseExactlyInstanceOf(IndeterminateException.class);
            }
            assertInTime(before);
        }

        private void refusesWhatItCannotConfirm(String id) {
            long before = Ticker.system().nanos();
            assertThatThrownBy(() -> kv(id).put("/unsent/" + id, "1"))
                    .isExactlyInstanceOf(UnavailableException.class)
                    .hasMessageContaining(id);
            assertInTime(before);
            long between = Ticker.system().nanos();
            assertThatThrownBy(() -> kv(id).get("/before/" + id)).isExactlyInstanceOf(UnavailableException.class);
            assertInTime(between);
        }

        private static void assertInTime(long before) {
            assertThat(Ticker.system().nanos() - before)
                    .isBetween(TIMEOUT.toNanos(), TIMEOUT.plus(SLACK).toNanos());
        }

        private void servesWhatItHas(String id) throws InterruptedException {
            for (String writer : cluster.ids()) {
                assertThat(kv(id).get("/before/" + writer, Consistency.sequential()))
                        .isPresent();
            }
            assertThat(kv(id).get("/majority/1", Consistency.sequential())).isEmpty();
        }

        private void majorityGoesOn(String key) throws InterruptedException {
            for (String id : majority) {
                Kv patient = cluster.coord(id).kv();
                long revision = patient.put(key, id);
                for (String reader : majority) {
                    Optional<Entry> read = cluster.coord(reader).kv().get(key);
                    assertThat(read.orElseThrow().modRevision()).isEqualTo(revision);
                }
            }
        }

        private void allAgreeAfterHealing() throws InterruptedException {
            for (String id : cluster.ids()) {
                cluster.coord(id).kv().put("/after/" + id, "1");
            }
            for (String id : minority) {
                Kv kv = cluster.coord(id).kv();
                assertThat(kv.get("/unsent/" + id)).isEmpty();
                assertThat(kv.get("/sent/" + id).map(Entry::version).orElse(1L)).isEqualTo(1);
                assertThat(kv.get("/majority/2")).isPresent();
            }
            List<byte[]> states = Replicas.statesAtOneIndex(cluster);
            assertThat(states)
                    .hasSize(cluster.ids().size())
                    .allSatisfy(state -> assertThat(state).isEqualTo(states.get(0)));
        }

        private Kv kv(String id) throws InterruptedException {
            return cluster.coord(id).kv().withTimeout(TIMEOUT);
        }
    }
}
