package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.LimitExceededException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import dev.coord.raft.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What would grow without bound is bounded. */
@Timeout(60)
class LimitsIT {
    private static final Value LARGE = Value.of(new byte[Value.MAX_BYTES]);

    @Test
    void transaction_thatWouldReturnTooMuch_isRefusedWhole() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(1)) {
            Coord coord = cluster.coord("n1");
            for (int i = 0; i < 9; i++) {
                coord.kv().put("/large/" + i, LARGE);
            }
            long revision = cluster.peer("n1").status().revision();
            KeyRange all = KeyRange.prefix("/large/");
            assertThatThrownBy(() -> coord.kv()
                            .txn()
                            .then(Op.put("/x", "1"), Op.range(RangeQuery.of(all)))
                            .commit())
                    .isInstanceOf(LimitExceededException.class)
                    .hasMessageContaining("split it");
            assertThatThrownBy(() -> coord.kv().txn().then(Op.delete(all)).commit())
                    .isInstanceOf(LimitExceededException.class);
            assertThat(cluster.peer("n1").status().revision()).isEqualTo(revision);
            assertThat(coord.kv()
                            .txn()
                            .then(
                                    Op.range(RangeQuery.of(all).withoutValues()),
                                    Op.range(RangeQuery.of(all).limit(7)))
                            .commit()
                            .succeeded())
                    .isTrue();
        }
    }

    @Test
    void history_ofLargeValues_isCompactedToItsMemory() throws Exception {
        try (LocalCluster cluster = LocalCluster.builder()
                .peers(1)
                .configure(peer -> peer.historyBytes(8 << 20))
                .start()) {
            Coord coord = cluster.coord("n1");
            for (int i = 0; i < 40; i++) {
                coord.kv().put("/k", LARGE);
            }
            Eventually.until(
                    "compaction", () -> cluster.peer("n1").core().view().historyBytes() <= 8 << 20);
            long oldest = cluster.peer("n1").core().view().compactRevision();
            assertThat(oldest).isPositive();
            assertThat(coord.kv().get("/k", Consistency.at(oldest))).isPresent();
        }
    }

    @Test
    void operations_givenUpWithoutALeader_leaveNothingBehind() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(3)) {
            String leader = cluster.awaitLeader(Duration.ofSeconds(10));
            String other = cluster.ids().stream()
                    .filter(id -> !id.equals(leader))
                    .findFirst()
                    .orElseThrow();
            Coord coord = cluster.coord(other);
            cluster.isolate(other);
            Eventually.until("no leader", () -> cluster.peer(other).status().leaderId() == null);
            List<CompletableFuture<Long>> puts = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                puts.add(coord.kv().withTimeout(Duration.ofMillis(30)).putAsync("/k" + i, Value.of("v")));
            }
            Eventually.until("their deadlines", () -> puts.stream().allMatch(CompletableFuture::isDone));
            // What was sent before the isolation was noticed keeps its place; the rest leaves.
            long sent = puts.stream().filter(LimitsIT::wasSent).count();
            assertThat(sent).isLessThan(100);
            Eventually.until(
                    Duration.ofSeconds(5),
                    () -> "an empty queue: " + cluster.peer(other).core().counts(),
                    () -> cluster.peer(other).core().counts().waiting() <= sent + 10);
        }
    }

    private static boolean wasSent(CompletableFuture<Long> put) {
        return put.handle((revision, error) -> !(error instanceof UnavailableException))
                .join();
    }
}
