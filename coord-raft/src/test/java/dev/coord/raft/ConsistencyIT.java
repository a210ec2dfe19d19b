package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.coord.ClosedException;
import dev.coord.CompactedException;
import dev.coord.FutureRevisionException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Kv;
import dev.coord.kv.Value;
import dev.coord.raft.internal.client.Elections;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.raft.testing.Eventually;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What each consistency promises, and when it refuses. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsistencyIT {
    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(150);
    private static final int HISTORY = 500;

    private final Traffic traffic = new Traffic();
    private LocalCluster cluster;
    private String leader;
    private String follower;

    @BeforeAll
    void start() throws Exception {
        cluster = LocalCluster.builder()
                .electionTimeout(Duration.ofMillis(200))
                .configure(peer -> peer.historyRevisions(HISTORY))
                .start();
        cluster.memory().dropIf(traffic);
        for (String id : cluster.ids()) {
            kv(id);
        }
    }

    @BeforeEach
    void choose() {
        leader = cluster.awaitLeader(WAIT);
        follower = cluster.ids().stream()
                .filter(id -> !id.equals(leader))
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void heal() {
        traffic.loseNothing();
        cluster.heal();
        Eventually.until(
                "all follow one leader",
                () -> cluster.ids().stream()
                                .map(id -> cluster.peer(id).status())
                                .map(status ->
                                        status.term() + " " + status.leader().orElse("none " + status.id()))
                                .distinct()
                                .count()
                        == 1);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    private Kv kv(String id) throws InterruptedException {
        return cluster.coord(id).kv();
    }

    private void isolate(String id) {
        cluster.isolate(id);
        Eventually.until(
                id + " knows no leader",
                () -> cluster.peer(id).status().leader().isEmpty());
    }

    private static String text(Optional<Entry> entry) {
        return entry.map(Entry::text).orElse("");
    }

    // ---- sequential

    @Test
    void sequential_inAMinority_goesOnWithTheOldValue() throws Exception {
        kv(follower).put("/seq/minority", "old");
        isolate(follower);
        kv(leader).put("/seq/minority", "new");

        assertThat(text(kv(follower).get("/seq/minority", Consistency.sequential())))
                .isEqualTo("old");
        assertThatThrownBy(() -> kv(follower).withTimeout(SHORT).get("/seq/minority"))
                .isInstanceOf(UnavailableException.class);
    }

    @Test
    void sequential_ofOneHandlesWrites_isSeenByEveryHandleOfThePeer() throws Exception {
        for (String id : cluster.ids()) {
            Kv other = cluster.peer(id).openSession(Duration.ofSeconds(10)).kv();
            for (int i = 1; i <= 100; i++) {
                kv(id).put("/seq/own/" + id, "v" + i);
                assertThat(text(other.get("/seq/own/" + id, Consistency.sequential())))
                        .isEqualTo("v" + i);
            }
        }
    }

    @Test
    void sequential_overLeaderChangesAndCuts_neverGoesBackwards() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        List<CompletableFuture<Long>> readers = cluster.ids().stream()
                .map(id -> CompletableFuture.supplyAsync(() -> readUpwards(id, stop), task -> new Thread(task).start()))
                .toList();
        long term = cluster.peer(leader).status().term();
        int written = 0;
        for (int change = 0; change < 6; change++) {
            for (int i = 0; i < 40; i++) {
                kv(leader).put("/seq/up", String.valueOf(++written));
            }
            String next = cluster.ids().get(change % 3);
            if (change % 2 == 0) {
                Elections.call(cluster.peer(next).core());
            } else {
                cluster.isolate(next);
                kv(cluster.ids().get((change + 1) % 3)).put("/seq/up", String.valueOf(++written));
                cluster.heal();
            }
        }
        String last = String.valueOf(written);
        for (String id : cluster.ids()) {
            assertThat(text(kv(id).get("/seq/up"))).isEqualTo(last);
        }
        stop.set(true);
        for (CompletableFuture<Long> reader : readers) {
            assertThat(reader.get()).as("different values seen").isGreaterThan(50);
        }
        assertThat(cluster.peer(cluster.awaitLeader(WAIT)).status().term()).isGreaterThan(term);
    }

    private long readUpwards(String id, AtomicBoolean stop) {
        long seen = 0;
        long distinct = 0;
        while (!stop.get()) {
            try {
                String text = text(kv(id).get("/seq/up", Consistency.sequential()));
                long now = text.isEmpty() ? 0 : Long.parseLong(text);
                assertThat(now).as("read at %s", id).isGreaterThanOrEqualTo(seen);
                distinct += now > seen ? 1 : 0;
                seen = now;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            LockSupport.parkNanos(20_000);
        }
        return distinct;
    }

    // ---- atLeast

    @Test
    void atLeast_aLaggingPeer_waitsForTheRevision() throws Exception {
        kv(leader).put("/at-least/key", "old");
        cluster.awaitSameState(WAIT);
        traffic.lose((from, to, kind, response) -> to.equals(follower) && kind == MessageKind.RAFT_APPEND);
        long revision = kv(leader).put("/at-least/key", "new");
        CompletableFuture<Optional<Entry>> read = kv(follower).getAsync("/at-least/key", Consistency.atLeast(revision));

        assertThat(read).isNotDone();
        assertThat(text(kv(follower).get("/at-least/key", Consistency.sequential())))
                .isEqualTo("old");
        traffic.loseNothing();
        assertThat(text(read.get(10, TimeUnit.SECONDS))).isEqualTo("new");
    }

    @Test
    void atLeast_aRevisionNotReached_isUnavailableAtTheDeadline() throws Exception {
        long revision = kv(follower).put("/at-least/refused", "1");
        long before = Ticker.system().nanos();

        assertThatThrownBy(() ->
                        kv(follower).withTimeout(SHORT).get("/at-least/refused", Consistency.atLeast(revision + 100)))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining(String.valueOf(revision + 100));
        assertThat(Ticker.system().nanos() - before)
                .isBetween(SHORT.toNanos(), SHORT.plusSeconds(2).toNanos());
    }

    // ---- boundedStaleness

    @Test
    void boundedStaleness_whileFresh_isServedWithoutAMessage() throws Exception {
        kv(leader).put("/bounded/fresh", "1");
        assertThat(text(kv(follower).get("/bounded/fresh"))).isEqualTo("1");
        long asked = traffic.passed(follower, MessageKind.READ_INDEX);
        assertThat(asked).isPositive();

        for (int i = 0; i < 1000; i++) {
            assertThat(text(kv(follower).get("/bounded/fresh", Consistency.boundedStaleness(Duration.ofMinutes(1)))))
                    .isEqualTo("1");
        }
        assertThat(traffic.passed(follower, MessageKind.READ_INDEX)).isEqualTo(asked);
        assertThat(text(kv(follower).get("/bounded/fresh", Consistency.boundedStaleness(Duration.ofNanos(1)))))
                .isEqualTo("1");
        assertThat(traffic.passed(follower, MessageKind.READ_INDEX)).isGreaterThan(asked);
    }

    @Test
    void boundedStaleness_cutOffForLonger_isUnavailable() throws Exception {
        Duration bound = Duration.ofMillis(100);
        kv(follower).put("/bounded/cut", "old");
        kv(follower).get("/bounded/cut");
        cluster.isolate(follower);
        long cutAt = Ticker.system().nanos();
        kv(leader).put("/bounded/cut", "new");
        Eventually.until("the bound has passed", () -> Ticker.system().nanos() - cutAt > bound.toNanos());

        assertThat(text(kv(follower).get("/bounded/cut", Consistency.boundedStaleness(Duration.ofMinutes(1)))))
                .isEqualTo("old");
        assertThatThrownBy(
                        () -> kv(follower).withTimeout(SHORT).get("/bounded/cut", Consistency.boundedStaleness(bound)))
                .isInstanceOf(UnavailableException.class);
        cluster.heal();
        assertThat(text(kv(follower).get("/bounded/cut", Consistency.boundedStaleness(bound))))
                .isEqualTo("new");
    }

    // ---- at

    @Test
    void at_aPastRevision_readsThePast() throws Exception {
        long first = kv(leader).put("/at/past", "1");
        long second = kv(leader).put("/at/past", "2");
        kv(leader).delete("/at/past");
        for (String id : cluster.ids()) {
            assertThat(text(kv(id).get("/at/past", Consistency.at(first)))).isEqualTo("1");
            assertThat(text(kv(id).get("/at/past", Consistency.at(second)))).isEqualTo("2");
            assertThat(kv(id).get("/at/past", Consistency.at(first - 1))).isEmpty();
            assertThat(kv(id).get("/at/past", Consistency.at(second + 1))).isEmpty();
        }
    }

    @Test
    void at_aCompactedRevision_saysWhatIsLeft() throws Exception {
        long old = kv(leader).put("/at/compacted", "0");
        List<CompletableFuture<Long>> writes = new ArrayList<>();
        for (int i = 1; i <= 2 * HISTORY; i++) {
            writes.add(kv(leader).putAsync("/at/compacted", Value.of(String.valueOf(i))));
        }
        writes.forEach(CompletableFuture::join);
        Eventually.until(
                "compaction", () -> cluster.peer(follower).core().view().compactRevision() > old);

        CompactedException refusal = catchThrowableOfType(
                CompactedException.class, () -> kv(follower).get("/at/compacted", Consistency.at(old)));
        assertThat(refusal.compactRevision()).isGreaterThan(old);
        long readable = cluster.peer(follower).core().view().compactRevision();
        assertThat(text(kv(follower).get("/at/compacted", Consistency.at(readable))))
                .isEqualTo(String.valueOf(readable - old));
    }

    @Test
    void at_aRevisionAheadOfThisPeer_waitsForTheLeadersWord() throws Exception {
        cluster.awaitSameState(WAIT);
        traffic.lose((from, to, kind, response) -> to.equals(follower) && kind == MessageKind.RAFT_APPEND);
        long revision = kv(leader).put("/at/ahead", "new");
        CompletableFuture<Optional<Entry>> read = kv(follower).getAsync("/at/ahead", Consistency.at(revision));

        assertThat(read).isNotDone();
        traffic.loseNothing();
        assertThat(text(read.get(10, TimeUnit.SECONDS))).isEqualTo("new");
    }

    @Test
    void at_aFutureRevision_isRefusedByTheLeadersWordOnly() throws Exception {
        long revision = kv(follower).put("/at/future", "1");

        assertThatThrownBy(() -> kv(follower).get("/at/future", Consistency.at(revision + 1000)))
                .isInstanceOf(FutureRevisionException.class);
        isolate(follower);
        assertThatThrownBy(() -> kv(follower).withTimeout(SHORT).get("/at/future", Consistency.at(revision + 1000)))
                .isInstanceOf(UnavailableException.class);
    }

    // ---- linearizable, after the handle's own writes

    @Test
    void linearizable_afterUnawaitedWrites_seesThem() throws Exception {
        for (String id : List.of(leader, follower)) {
            for (int i = 0; i < 300; i++) {
                CompletableFuture<Long> write = kv(id).putAsync("/fifo/" + id, Value.of("v" + i));
                Optional<Entry> read = kv(id).get("/fifo/" + id);
                assertThat(text(read)).isEqualTo("v" + i);
                assertThat(read.orElseThrow().modRevision()).isEqualTo(write.get());
            }
        }
    }

    @Test
    void linearizable_fourThreadsOfOneHandle_eachSeesItsOwnWrites() {
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            String key = "/fifo/thread/" + thread;
            threads.add(CompletableFuture.runAsync(() -> writeAndRead(key, 1000), task -> new Thread(task).start()));
        }
        threads.forEach(CompletableFuture::join);
    }

    private void writeAndRead(String key, int times) {
        try {
            List<CompletableFuture<Optional<Entry>>> reads = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                kv(follower).putAsync(key, Value.of(String.valueOf(i)));
                reads.add(kv(follower).getAsync(key, Consistency.linearizable()));
            }
            for (int i = 0; i < times; i++) {
                assertThat(Integer.parseInt(text(reads.get(i).get()))).isGreaterThanOrEqualTo(i);
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void linearizable_afterAWriteThatTimedOut_stillSeesTheOneBeforeIt() throws Exception {
        isolate(follower);
        CompletableFuture<Long> first = kv(follower).putAsync("/fifo/first", Value.of("1"));
        assertThatThrownBy(() -> kv(follower).withTimeout(SHORT).put("/fifo/second", "2"))
                .isInstanceOf(UnavailableException.class);
        CompletableFuture<Optional<Entry>> read = kv(follower).getAsync("/fifo/first", Consistency.linearizable());

        cluster.heal();
        assertThat(text(read.get(10, TimeUnit.SECONDS))).isEqualTo("1");
        assertThat(first.get()).isPositive();
        assertThat(kv(follower).get("/fifo/second")).isEmpty();
    }

    @Test
    void linearizable_behindAWriteThatCannotBeSent_failsByItsOwnDeadline() throws Exception {
        isolate(follower);
        CompletableFuture<Long> write = kv(follower).putAsync("/fifo/slow", Value.of("1"));
        long before = Ticker.system().nanos();

        assertThatThrownBy(() -> kv(follower).withTimeout(SHORT).get("/fifo/slow"))
                .isInstanceOf(UnavailableException.class);
        assertThat(Ticker.system().nanos() - before)
                .isLessThan(SHORT.plusSeconds(2).toNanos());
        assertThat(write).isNotDone();
        cluster.heal();
        assertThat(write.get(10, TimeUnit.SECONDS)).isPositive();
    }

    // ---- a peer that closes

    @Test
    void reads_atAPeerThatIsKilled_allEnd() throws Exception {
        Kv kv = kv(follower);
        long beyond = cluster.peer(follower).core().view().revision() + 1000;
        CompletableFuture<?> waits =
                kv.withTimeout(Duration.ofMinutes(1)).getAsync("/end", Consistency.atLeast(beyond));
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            boolean writes = i % 2 == 0;
            callers.add(
                    CompletableFuture.runAsync(() -> callUntilClosed(kv, writes), task -> new Thread(task).start()));
        }
        cluster.kill(follower);
        cluster.restart(follower);
        for (CompletableFuture<Void> caller : callers) {
            caller.get(10, TimeUnit.SECONDS);
        }
        assertThatThrownBy(() -> waits.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(ClosedException.class);
        assertThat(kv(follower).put("/end", "1")).isPositive();
    }

    private static void callUntilClosed(Kv kv, boolean writes) {
        try {
            while (true) {
                if (writes) {
                    kv.put("/end", "0");
                } else {
                    kv.get("/end");
                }
            }
        } catch (ClosedException e) {
            // As it should be.
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
