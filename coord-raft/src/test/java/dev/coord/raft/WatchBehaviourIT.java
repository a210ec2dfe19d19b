package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.CompactedException;
import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.FutureRevisionException;
import dev.coord.LimitExceededException;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Value;
import dev.coord.raft.testing.Eventually;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WatchBehaviourIT {
    private static final int HISTORY = 200;
    private static final int MAX_WATCHES = 20;

    private static LocalCluster cluster;
    private static Coord coord;
    private String root = "/";

    @BeforeAll
    static void start() throws Exception {
        cluster = LocalCluster.builder()
                .electionTimeout(Duration.ofMillis(300))
                .configure(peer ->
                        peer.historyRevisions(HISTORY).maxWatches(MAX_WATCHES).progressInterval(Duration.ofMillis(50)))
                .start();
        String leader = cluster.awaitLeader(Duration.ofSeconds(10));
        String follower = cluster.ids().stream()
                .filter(id -> !id.equals(leader))
                .findFirst()
                .orElseThrow();
        coord = cluster.coord(follower);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void ownKeys(TestInfo test) {
        root = "/" + test.getTestMethod().orElseThrow().getName() + "/";
    }

    /** Remembers what it hears. */
    private static class Heard implements WatchListener {
        final ConcurrentLinkedQueue<String> changes = new ConcurrentLinkedQueue<>();
        final ConcurrentLinkedQueue<Long> progress = new ConcurrentLinkedQueue<>();
        volatile @Nullable RangeResult resync;
        volatile @Nullable CoordException end;

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            events.forEach(event -> changes.add(event.kind() + " " + event.key()));
        }

        @Override
        public void onProgress(long revision) {
            progress.add(revision);
        }

        @Override
        public void onResync(RangeResult state) {
            resync = state;
        }

        @Override
        public void onEnd(CoordException cause) {
            end = cause;
        }

        void await(String... expected) {
            Eventually.until(
                    Duration.ofSeconds(10), () -> changes + " end " + end, () -> changes.size() >= expected.length);
            assertThat(changes).containsExactly(expected);
        }
    }

    private static long lastPut(String key, int times) throws InterruptedException {
        for (int i = 1; i < times; i++) {
            var unused = coord.kv().putAsync(key, Value.of("v" + i));
        }
        return coord.kv().put(key, "last");
    }

    private static void awaitCompaction(long revision) {
        Eventually.until(
                "compaction of " + revision,
                () -> cluster.ids().stream()
                        .allMatch(id -> cluster.peer(id).core().view().compactRevision() >= revision));
    }

    @Test
    void filters_putsDeletesPrefixAndRange_deliverOnlyThose() throws Exception {
        Heard puts = new Heard();
        Heard deletes = new Heard();
        Heard range = new Heard();
        Heard key = new Heard();
        try (Watch a = coord.watch(WatchSpec.of(KeyRange.prefix(root)).putsOnly(), puts);
                Watch b = coord.watch(WatchSpec.of(KeyRange.prefix(root)).deletesOnly(), deletes);
                Watch c = coord.watch(WatchSpec.of(KeyRange.between(root + "b", root + "d")), range);
                Watch d = coord.watch(WatchSpec.of(KeyRange.key(root + "c")), key)) {
            coord.kv()
                    .txn()
                    .then(
                            Op.put(root + "c", "1"),
                            Op.put(root + "a", "1"),
                            Op.put(root + "d", "1"),
                            Op.put(root + "b", "1"))
                    .commit();
            coord.kv().txn().then(Op.delete(KeyRange.prefix(root))).commit();
            coord.kv().put("/elsewhere", "1");
            long last = coord.kv().put(root + "b", "2");
            Eventually.until(
                    "delivery", () -> List.of(a, b, c, d).stream().allMatch(w -> w.deliveredRevision() >= last));
            puts.await(
                    "PUT " + root + "a",
                    "PUT " + root + "b",
                    "PUT " + root + "c",
                    "PUT " + root + "d",
                    "PUT " + root + "b");
            deletes.await(
                    "DELETE " + root + "a", "DELETE " + root + "b", "DELETE " + root + "c", "DELETE " + root + "d");
            range.await(
                    "PUT " + root + "b",
                    "PUT " + root + "c",
                    "DELETE " + root + "b",
                    "DELETE " + root + "c",
                    "PUT " + root + "b");
            key.await("PUT " + root + "c", "DELETE " + root + "c");
        }
    }

    @Test
    void fromNow_callersNextWrite_isDelivered() throws Exception {
        for (int round = 0; round < 100; round++) {
            Heard heard = new Heard();
            String key = root + round;
            coord.kv().put(key, "before");
            try (Watch watch = coord.watch(WatchSpec.of(KeyRange.key(key)), heard)) {
                coord.kv().delete(key);
                heard.await("DELETE " + key);
            }
        }
    }

    @Test
    void compactedStart_byDefaultEndsWithTheError_resyncingGetsTheState() throws Exception {
        long first = coord.kv().put(root + "kept", "old");
        long last = lastPut(root + "a", 2 * HISTORY);
        awaitCompaction(first);
        Heard plain = new Heard();
        coord.watch(WatchSpec.of(KeyRange.prefix(root)).from(first), plain);
        Eventually.until("the end", () -> plain.end != null);
        assertThat(plain.end)
                .isInstanceOfSatisfying(
                        CompactedException.class,
                        e -> assertThat(e.compactRevision()).isBetween(first, last));
        assertThat(plain.changes).isEmpty();

        Heard resyncing = new Heard();
        try (Watch watch =
                coord.watch(WatchSpec.of(KeyRange.prefix(root)).from(first).resyncing(), resyncing)) {
            Eventually.until("a resync", () -> resyncing.resync != null);
            RangeResult state = resyncing.resync;
            assertThat(state).isNotNull();
            assertThat(state.revision()).isGreaterThanOrEqualTo(last);
            assertThat(state.entries()).extracting(entry -> entry.text()).containsExactly("last", "old");
            coord.kv().put(root + "later", "");
            resyncing.await("PUT " + root + "later");
            assertThat(watch.deliveredRevision()).isGreaterThan(last);
        }
    }

    @Test
    void futureRevision_isRefusedByTheLeadersWord_nextRevisionIsNot() throws Exception {
        long present = coord.kv().put(root, "");
        Heard next = new Heard();
        Heard future = new Heard();
        try (Watch watch = coord.watch(WatchSpec.of(KeyRange.all()).from(present + 1), next)) {
            coord.watch(WatchSpec.of(KeyRange.all()).from(present + 1_000), future);
            Eventually.until("refusal", () -> future.end != null);
            assertThat(future.end).isInstanceOf(FutureRevisionException.class);
            coord.kv().put(root, "2");
            next.await("PUT " + root);
            assertThat(next.end).isNull();
        }
    }

    @Test
    void listenerThatThrows_goesOn() throws Exception {
        Heard heard = new Heard() {
            @Override
            public void onChange(long revision, List<WatchEvent> events) {
                super.onChange(revision, events);
                throw new IllegalStateException("thrown by a test's listener");
            }
        };
        try (Watch watch = coord.watch(WatchSpec.of(KeyRange.key(root)), heard)) {
            long last = lastPut(root, 3);
            heard.await("PUT " + root, "PUT " + root, "PUT " + root);
            Eventually.until("delivered", () -> watch.deliveredRevision() >= last);
        }
    }

    @Test
    void listenerThatBlocks_fallsBehindInHistory_delaysNobodyElse() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Heard slow = new Heard() {
            @Override
            public void onChange(long revision, List<WatchEvent> events) {
                awaitQuietly(release);
                super.onChange(revision, events);
            }
        };
        Heard quick = new Heard();
        int writes = HISTORY / 2;
        try (Watch a = coord.watch(WatchSpec.of(KeyRange.key(root)), slow);
                Watch b = coord.watch(WatchSpec.of(KeyRange.key(root)), quick)) {
            long last = lastPut(root, writes);
            Eventually.until("the quick one", () -> b.deliveredRevision() >= last);
            assertThat(quick.changes).hasSize(writes);
            assertThat(coord.kv().putAsync("/other", Value.EMPTY).get(10, TimeUnit.SECONDS))
                    .isGreaterThan(last);
            assertThat(slow.changes).isEmpty();
            assertThat(a.deliveredRevision()).isLessThan(last - writes + 2);
            release.countDown();
            Eventually.until("the slow one", () -> a.deliveredRevision() >= last);
            assertThat(slow.changes).hasSize(writes);
        }
    }

    @Test
    void blockedBeyondCompaction_resyncs() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Heard slow = new Heard() {
            @Override
            public void onChange(long revision, List<WatchEvent> events) {
                awaitQuietly(release);
                super.onChange(revision, events);
            }
        };
        try (Watch watch = coord.watch(WatchSpec.of(KeyRange.key(root)).resyncing(), slow)) {
            long first = coord.kv().put(root, "first");
            lastPut(root, 3 * HISTORY);
            awaitCompaction(first + HISTORY);
            release.countDown();
            Eventually.until("a resync", () -> slow.resync != null);
            assertThat(slow.changes.size()).isLessThan(3 * HISTORY);
        }
    }

    @Test
    void manyBlockedListeners_delayNoOperation() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(10);
        for (int i = 0; i < 10; i++) {
            coord.watch(WatchSpec.of(KeyRange.key(root)), (revision, events) -> {
                blocked.countDown();
                awaitQuietly(release);
            });
        }
        try {
            coord.kv().put(root, "");
            assertThat(blocked.await(10, TimeUnit.SECONDS))
                    .as("all ten block at once")
                    .isTrue();
            assertThat(coord.kv().putAsync("/other", Value.EMPTY).get(5, TimeUnit.SECONDS))
                    .isPositive();
        } finally {
            release.countDown();
        }
        // They stay open until the cluster ends: the limit test counts what it opens itself on another peer.
    }

    @Test
    void idleWatch_getsProgress_upToThePresent() throws Exception {
        Heard heard = new Heard();
        try (Watch watch = coord.watch(WatchSpec.of(KeyRange.key(root)), heard)) {
            long elsewhere = coord.kv().put("/elsewhere", "1");
            Eventually.until("progress", () -> heard.progress.stream().anyMatch(reached -> reached >= elsewhere));
            assertThat(List.copyOf(heard.progress)).isSorted();
            assertThat(heard.changes).isEmpty();
            assertThat(watch.deliveredRevision()).isGreaterThanOrEqualTo(elsewhere);
        }
    }

    @Test
    void close_stopsDelivery_andTellsNoEnd() throws Exception {
        Heard heard = new Heard();
        Heard other = new Heard();
        Watch watch = coord.watch(WatchSpec.of(KeyRange.key(root)), heard);
        coord.kv().put(root, "1");
        heard.await("PUT " + root);
        watch.close();
        watch.close();
        try (Watch still = coord.watch(WatchSpec.of(KeyRange.key(root)), other)) {
            coord.kv().put(root, "2");
            other.await("PUT " + root);
            assertThat(heard.changes).hasSize(1);
            assertThat(heard.end).isNull();
            assertThat(watch.deliveredRevision()).isLessThan(still.deliveredRevision());
        }
    }

    @Test
    void tooManyWatches_areRefused_untilOneCloses() throws Exception {
        Coord own = cluster.coord(cluster.ids().stream()
                .filter(id -> {
                    try {
                        return cluster.coord(id) != coord;
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                })
                .findFirst()
                .orElseThrow());
        WatchSpec spec = WatchSpec.of(KeyRange.key(root));
        Watch first = own.watch(spec, new Heard());
        for (int i = 1; i < MAX_WATCHES; i++) {
            own.watch(spec, new Heard());
        }
        assertThatThrownBy(() -> own.watch(spec, new Heard()))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining(String.valueOf(MAX_WATCHES));
        first.close();
        own.watch(spec, new Heard()).close();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
