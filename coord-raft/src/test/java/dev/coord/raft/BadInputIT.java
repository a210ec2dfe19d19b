package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.coord.Coord;
import dev.coord.FutureRevisionException;
import dev.coord.LeaseExpiredException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Kv;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import dev.coord.lease.Leases;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.raft.testing.Eventually;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BadInputIT {
    private static final String LONG_KEY = "k".repeat(4_097);
    private static final String LONGEST = "k".repeat(4_096);

    private static LocalCluster cluster;
    private static Coord coord;
    private static Kv kv;

    @BeforeAll
    static void start() throws Exception {
        cluster = LocalCluster.builder().peers(1).start();
        coord = cluster.coord("n1");
        kv = coord.kv();
        kv.put("/present", "1");
        Eventually.until(
                "the peer is registered",
                () -> !cluster.peer("n1").core().view().peers().isEmpty());
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** The call fails with the error, and nothing was appended to the log. */
    private static void refused(Class<? extends Throwable> type, ThrowingCallable call) {
        PeerStatus before = cluster.peer("n1").status();
        Throwable error = catchThrowable(call);
        assertThat(error).isExactlyInstanceOf(type);
        assertThat(error.getMessage()).isNotBlank();
        PeerStatus after = cluster.peer("n1").status();
        assertThat(after.appliedIndex()).isEqualTo(before.appliedIndex());
        assertThat(after.revision()).isEqualTo(before.revision());
    }

    private static void illegal(ThrowingCallable call) {
        refused(IllegalArgumentException.class, call);
    }

    @Test
    void keys_emptyTooLongOrMalformed_areRefusedEverywhere() {
        for (String key : List.of("", LONG_KEY, "/a\uD800", "\uDC00/a")) {
            illegal(() -> kv.put(key, "v"));
            illegal(() -> kv.putAsync(key, Value.EMPTY));
            illegal(() -> kv.get(key));
            illegal(() -> kv.getAsync(key, Consistency.sequential()));
            illegal(() -> kv.delete(key));
            illegal(() -> kv.compareAndSet(key, 1, Value.EMPTY));
            illegal(() -> kv.txn().when(Guard.exists(key)));
            illegal(() -> KeyRange.prefix(key));
            illegal(() -> coord.watch(WatchSpec.of(KeyRange.key(key)), (revision, events) -> {}));
        }
    }

    @Test
    void sizes_beyondTheirBounds_areRefused_withinThemAreNot() throws Exception {
        illegal(() -> kv.put("/k", Value.of(new byte[(1 << 20) + 1])));
        Value big = Value.of(new byte[800_000]);
        illegal(() -> kv.txn().then(Op.put("/1", big), Op.put("/2", big)).commit());
        illegal(() ->
                kv.txn().then(Op.put("/1", big)).otherwise(Op.put("/1", big)).commitAsync());
        illegal(() -> kv.txn().then(puts(129)).commit());
        illegal(() -> kv.txn().otherwise(puts(129)).commit());
        illegal(() -> kv.txn()
                .when(IntStream.range(0, 129)
                        .mapToObj(i -> Guard.exists("/g" + i))
                        .toArray(Guard[]::new))
                .commit());
        assertThat(kv.txn().then(puts(128)).commit().results()).hasSize(128);
        assertThat(kv.put("/k", Value.of(new byte[1 << 20]))).isPositive();
        assertThat(kv.put(LONGEST, "v")).isPositive();
        assertThat(kv.delete(LONGEST)).isTrue();
    }

    private static Op[] puts(int count) {
        return IntStream.range(0, count).mapToObj(i -> Op.put("/p" + i, "v")).toArray(Op[]::new);
    }

    @Test
    void keyWrittenTwice_inOneBranch_isRefused() throws Exception {
        illegal(() -> kv.txn().then(Op.put("/a", "1"), Op.put("/a", "2")).commit());
        illegal(() -> kv.txn().then(Op.put("/a", "1"), Op.delete("/a")).commit());
        illegal(() -> kv.txn()
                .then(Op.put("/a/b", "1"), Op.delete(KeyRange.prefix("/a/")))
                .commit());
        illegal(() ->
                kv.txn().otherwise(Op.delete(KeyRange.all()), Op.delete("/x")).commitAsync());
        assertThat(kv.txn()
                        .then(Op.put("/a", "1"), Op.get("/a"))
                        .otherwise(Op.put("/a", "2"))
                        .commit()
                        .succeeded())
                .isTrue();
    }

    @Test
    void timesToLive_outsideTheirBounds_areRefused() {
        for (Duration ttl : List.of(
                Duration.ofSeconds(-1),
                Duration.ZERO,
                Leases.MIN_TTL.minusNanos(1),
                Leases.MAX_TTL.plusNanos(1),
                Duration.ofSeconds(Long.MAX_VALUE))) {
            illegal(() -> coord.leases().grant(ttl));
            illegal(() -> coord.leases().grantAsync(ttl));
            illegal(() -> cluster.peer("n1").openSession(ttl));
        }
        illegal(() -> coord.leases().revoke(0));
        illegal(() -> coord.leases().revoke(-1));
        illegal(() -> Op.put("/a", Value.EMPTY).withLease(-1));
    }

    @Test
    void timeouts_notPositive_areRefused_andEndlessOnesAreNot() throws Exception {
        illegal(() -> kv.withTimeout(Duration.ZERO));
        illegal(() -> kv.withTimeout(Duration.ofSeconds(-1)));
        Kv endless = kv.withTimeout(Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(endless.put("/endless", "1")).isPositive();
        long revision = endless.get("/endless").orElseThrow().modRevision();
        CompletableFuture<?> later = endless.getAsync("/endless", Consistency.atLeast(revision + 1));
        endless.put("/endless", "2");
        later.get(10, TimeUnit.SECONDS);
    }

    @Test
    void reads_outOfTime_areRefused() {
        long present = cluster.peer("n1").status().revision();
        illegal(() -> Consistency.at(-1));
        illegal(() -> Consistency.atLeast(-1));
        illegal(() -> WatchSpec.of(KeyRange.all()).from(-1));
        illegal(() -> RangeQuery.of(KeyRange.all()).limit(-1));
        illegal(() -> KeyRange.between("b", "b"));
        illegal(() -> Consistency.boundedStaleness(Duration.ZERO));
        refused(FutureRevisionException.class, () -> kv.get("/present", Consistency.at(present + 1_000)));
    }

    @Test
    void leaseThatDoesNotExist_isAnErrorThatChangesNothing() throws Exception {
        long revision = cluster.peer("n1").status().revision();
        assertThatThrownBy(() -> kv.txn()
                        .then(Op.put("/l", Value.EMPTY).withLease(999_999))
                        .commit())
                .isInstanceOf(LeaseExpiredException.class);
        assertThat(cluster.peer("n1").status().revision()).isEqualTo(revision);
        assertThat(kv.get("/l")).isEmpty();
    }

    @Test
    void manyOperationsWithTheLongestKeys_fitTheirLogEntries() throws Exception {
        List<CompletableFuture<?>> sent = new ArrayList<>();
        for (int i = 0; i < 1_100; i++) {
            sent.add(kv.deleteAsync("d".repeat(4_090) + i));
        }
        for (int i = 0; i < 8; i++) {
            Op[] ranges = new Op[120];
            Arrays.setAll(
                    ranges,
                    n -> Op.range(RangeQuery.of(KeyRange.prefix("r".repeat(4_000) + n))
                            .countedOnly()));
            sent.add(kv.txn()
                    .then(Arrays.copyOf(ranges, 90))
                    .otherwise(Arrays.copyOf(ranges, 90))
                    .commitAsync());
        }
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get(8, TimeUnit.SECONDS);
    }

    @Test
    void entryThatCannotBeRead_fromAnotherPeer_isRefusedBeforeItIsAppended() {
        PeerStatus before = cluster.peer("n1").status();
        for (byte[] poison :
                List.of(new byte[0], new byte[] {99}, new byte[] {1, 1, 0, 0, 0, 77, 0}, new byte[] {1, 127})) {
            assertThat(cluster.peer("n1").core().handle("n2", MessageKind.PROPOSE, poison))
                    .failsWithin(Duration.ofSeconds(5));
        }
        PeerStatus after = cluster.peer("n1").status();
        assertThat(after.state()).isEqualTo(PeerStatus.State.RUNNING);
        assertThat(after.appliedIndex()).isEqualTo(before.appliedIndex());
    }
}
