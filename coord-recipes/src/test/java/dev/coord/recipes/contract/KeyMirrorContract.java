package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.CompactedException;
import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import dev.coord.recipes.Codec;
import dev.coord.recipes.mirror.KeyMirror;
import dev.coord.recipes.mirror.KeyMirrorBuilder;
import dev.coord.recipes.mirror.MirrorListener;
import dev.coord.recipes.mirror.MirrorSnapshot;
import dev.coord.recipes.mirror.MirrorSubscription;
import dev.coord.recipes.mirror.ResyncCause;
import dev.coord.recipes.mirror.ToldMirror;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user sees of a {@link KeyMirror}. */
abstract class KeyMirrorContract extends RecipeContract {
    private static final Value MALFORMED = Value.of(new byte[] {(byte) 0xFF});

    @AfterEach
    void removeKeys() {
        cluster().faults().endAll();
        await(coord(0).kv().txn().then(Op.delete(KeyRange.prefix(path()))).commitAsync());
    }

    private String key(String name) {
        return path() + "/" + name;
    }

    private KeyRange keys() {
        return KeyRange.prefix(path() + "/");
    }

    private KeyMirrorBuilder<String> mirror(Coord coord) {
        return KeyMirror.of(coord, keys(), Codec.text());
    }

    private void assertTold(ToldMirror told, String... calls) {
        List<String> all = List.of(calls);
        eventually("all of " + all + ", not only " + told.calls, () -> told.calls.size() >= all.size());
        assertThat(told.calls).isEqualTo(all);
        told.check();
    }

    /** Compares each state that was told with what the store says of that revision. */
    private void assertToldTheTruth(Coord asked, ToldMirror told) {
        told.check();
        told.states.forEach(state -> assertTrue(asked, state));
    }

    private void assertTrue(Coord asked, MirrorSnapshot<String> state) {
        List<Entry> truth = await(asked.kv().rangeAsync(RangeQuery.of(keys()), Consistency.at(state.revision())))
                .entries();
        assertThat(state.entries().values().stream()
                        .map(mirrored -> mirrored.entry())
                        .toList())
                .as("at revision " + state.revision())
                .isEqualTo(truth);
    }

    // ---- what it holds

    @Test
    void mirror_startsWithTheState_andFollowsEveryRevision() throws Exception {
        coord(0).kv().put(key("a"), "1");
        coord(0).kv().put(path(), "not below the path");
        ToldMirror told = new ToldMirror();
        try (KeyMirror<String> mirror = mirror(coord(1)).listener(told).start().awaitReady()) {
            assertThat(mirror.snapshot().values()).containsExactly(Map.entry(key("a"), "1"));
            coord(2).kv().put(key("b"), "2");
            coord(2).kv().put(key("a"), "3");
            coord(2).kv().txn().then(Op.delete(key("b")), Op.put(key("c"), "4")).commit();
            long last = coord(2).kv().put(key("a"), "5");
            MirrorSnapshot<String> state = mirror.awaitRevision(last);
            assertThat(state.values()).containsExactly(Map.entry(key("a"), "5"), Map.entry(key("c"), "4"));
            assertThat(state.entry(key("a")).orElseThrow().entry().modRevision())
                    .isEqualTo(last);
            assertThat(mirror.get(key("c"))).contains("4");
            assertThat(mirror.get(key("b"))).isEmpty();
            assertThat(state.entries(KeyRange.key(key("c")))).hasSize(1);
            assertTold(told, "state [a=1]", "b: - > 2", "a: 1 > 3", "b: 2 > -, c: - > 4", "a: 3 > 5");
            assertToldTheTruth(coord(0), told);
            assertThat(told.ends).isEmpty();
        }
    }

    @Test
    void snapshot_staysAsItWas() throws Exception {
        try (KeyMirror<String> mirror = mirror(coord(0)).start().awaitReady()) {
            MirrorSnapshot<String> empty = mirror.snapshot();
            MirrorSnapshot<String> one = mirror.awaitRevision(coord(0).kv().put(key("a"), "1"));
            MirrorSnapshot<String> two = mirror.awaitRevision(coord(0).kv().put(key("a"), "2"));
            assertThat(empty.isEmpty()).isTrue();
            assertThat(one.get(key("a"))).contains("1");
            assertThat(two.get(key("a"))).contains("2");
            assertThat(two.changesSince(empty))
                    .singleElement()
                    .satisfies(change -> assertThat(change.isAdded()).isTrue());
            assertThat(two.changesSince(two)).isEmpty();
        }
    }

    @Test
    void awaitRevision_seesAWriteMadeElsewhere_andOneOutsideTheRange() throws Exception {
        try (KeyMirror<String> mirror = mirror(coord(2)).start().awaitReady()) {
            for (int i = 0; i < 20; i++) {
                long inside = coord(i % 3).kv().put(key("a"), "" + i);
                assertThat(mirror.awaitRevision(inside).get(key("a"))).contains("" + i);
                long outside = coord(i % 3).kv().put(path(), "" + i);
                assertThat(mirror.awaitRevision(outside).revision()).isGreaterThanOrEqualTo(outside);
                assertThat(mirror.revision()).isGreaterThanOrEqualTo(outside);
            }
        }
    }

    @Test
    void awaitRevision_thatDoesNotCome_isUnavailable_andMisuseIsRefused() throws Exception {
        try (KeyMirror<String> mirror = mirror(coord(0)).start().awaitReady()) {
            long future = mirror.revision() + 1_000_000;
            assertThat(failure(mirror.awaitRevisionAsync(future, Duration.ofMillis(200))))
                    .isInstanceOf(UnavailableException.class);
            assertThatThrownBy(() -> mirror.awaitRevision(-1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> mirror.awaitRevision(1, Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> mirror(coord(0)).backlog(0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> KeyMirror.of(coord(0), null, Codec.text()))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("range");
        }
    }

    @Test
    void mirrorFromThePast_tellsAllThatHappenedSince() throws Exception {
        long first = coord(0).kv().put(key("a"), "1");
        coord(0).kv().put(key("a"), "2");
        coord(0).kv().delete(key("a"));
        ToldMirror told = new ToldMirror();
        try (KeyMirror<String> mirror = mirror(coord(0))
                .startingFrom(Consistency.at(first))
                .listener(told)
                .start()) {
            assertTold(told, "state [a=1]", "a: 1 > 2", "a: 2 > -");
            assertThat(mirror.snapshot().isEmpty()).isTrue();
        }
    }

    // ---- what cannot be decoded

    @Test
    void undecodableValue_isLeftOut_toldOf_andStopsNothing() throws Exception {
        coord(0).kv().put(key("a"), MALFORMED);
        ToldMirror told = new ToldMirror();
        try (KeyMirror<String> mirror = mirror(coord(0)).listener(told).start().awaitReady()) {
            assertThat(mirror.snapshot().leftOut()).containsOnlyKeys(key("a"));
            coord(0).kv().put(key("b"), "1");
            coord(0).kv().put(key("b"), MALFORMED);
            coord(0).kv().put(key("a"), "2");
            coord(0).kv().put(key("c"), MALFORMED);
            MirrorSnapshot<String> state = mirror.awaitRevision(
                    coord(0).kv().txn().then(Op.delete(key("b"))).commit().revision());
            assertThat(state.values()).containsExactly(Map.entry(key("a"), "2"));
            assertThat(state.leftOut()).containsOnlyKeys(key("c"));
            assertTold(
                    told,
                    "undecodable a",
                    "state []",
                    "b: - > 1",
                    "undecodable b",
                    "b: 1 > -",
                    "a: - > 2",
                    "undecodable c");
            assertThat(told.undecodables.get(0).error()).hasMessageContaining("malformed at byte 0");
        }
    }

    @Test
    void codecThatReturnsNull_leavesOut() throws Exception {
        coord(0).kv().put(key("a"), "1");
        Codec<String> nothing = Codec.of(Value::of, bytes -> null);
        try (KeyMirror<String> mirror =
                KeyMirror.of(coord(0), keys(), nothing).start().awaitReady()) {
            assertThat(mirror.snapshot().leftOut()).containsOnlyKeys(key("a"));
        }
    }

    // ---- listeners

    @Test
    void listenerThatComesLater_isToldTheState_thenChanges_untilItLeaves() throws Exception {
        ToldMirror early = new ToldMirror();
        ToldMirror late = new ToldMirror();
        try (KeyMirror<String> mirror = mirror(coord(0)).listener(early).start().awaitReady()) {
            mirror.awaitRevision(coord(0).kv().put(key("a"), "1"));
            try (MirrorSubscription<String> subscription = mirror.listen(late)) {
                assertTold(late, "state [a=1]");
                coord(0).kv().put(key("a"), "2");
                assertTold(late, "state [a=1]", "a: 1 > 2");
                subscription.close();
            }
            coord(0).kv().put(key("a"), "3");
            assertTold(early, "state []", "a: - > 1", "a: 1 > 2", "a: 2 > 3");
            aMoment();
            assertThat(late.calls).hasSize(2);
        }
    }

    /** Runs nothing until told to. */
    private static final class ByHand implements Executor {
        final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        void runAll() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        }
    }

    @Test
    void slowListener_isToldOfAResync_onItsOwnExecutor_andHoldsUpNobody() throws Exception {
        ByHand executor = new ByHand();
        ToldMirror slow = new ToldMirror();
        ToldMirror quick = new ToldMirror();
        try (KeyMirror<String> mirror = mirror(coord(0))
                .backlog(3)
                .listener(slow, executor)
                .listener(quick)
                .start()
                .awaitReady()) {
            executor.runAll();
            assertThat(slow.calls).containsExactly("state []");
            for (int i = 0; i < 10; i++) {
                long written = coord(0).kv().put(key("a"), "" + i);
                eventually("the quick one is told", () -> quick.hasHeard(written));
            }
            assertThat(quick.resyncs).isEmpty();
            assertThat(slow.calls).hasSize(1);
            assertThat(executor.tasks).as("one task, however much waits").hasSize(1);
            executor.runAll();
            // Three waited, the fourth made a resync of them, and so on.
            assertThat(slow.calls).containsExactly("state []", "resync [a=9]");
            assertThat(slow.resyncs).containsExactly(ResyncCause.SLOW_LISTENER);
            mirror.awaitRevision(coord(0).kv().put(key("a"), "10"));
            executor.runAll();
            assertThat(slow.calls).endsWith("a: 9 > 10");
            slow.check();
            assertToldTheTruth(coord(0), slow);
        }
    }

    @Test
    void listenerThatFails_isToldTheNext_andAnExecutorThatRefuses_endsItsListenerOnly() throws Exception {
        List<String> calls = new CopyOnWriteArrayList<>();
        MirrorListener<String> failing = (state, changes) -> {
            calls.add(state.values().values().toString());
            throw new IllegalStateException("a listener of this test fails");
        };
        ToldMirror refused = new ToldMirror();
        try (KeyMirror<String> mirror = mirror(coord(0))
                .listener(failing)
                .listener(failing, Runnable::run)
                .listener(refused, task -> {
                    throw new RejectedExecutionException("as this test wants it");
                })
                .start()
                .awaitReady()) {
            coord(0).kv().put(key("a"), "1");
            mirror.awaitRevision(coord(0).kv().put(key("a"), "2"));
            eventually("all calls of both", () -> calls.size() == 6);
            assertThat(calls).contains("[]", "[1]", "[2]");
            assertThat(refused.calls).isEmpty();
        }
    }

    // ---- faults

    @Test
    void mirror_goesOnOverAChangeOfRaftLeaders_andThroughACrashElsewhere() throws Exception {
        String former = leader();
        List<String> others = othersThan(former);
        ToldMirror told = new ToldMirror();
        try (KeyMirror<String> mirror =
                mirror(cluster().coord(others.get(0))).listener(told).start().awaitReady()) {
            await(cluster().coord(former).kv().putAsync(key("a"), Value.of("1")));
            cluster().faults().crash(former);
            long last = await(cluster().coord(others.get(1)).kv().putAsync(key("a"), Value.of("2")));
            assertThat(await(mirror.awaitRevisionAsync(last)).get(key("a"))).contains("2");
            cluster().faults().restart(former);
            last = await(cluster().coord(former).kv().putAsync(key("a"), Value.of("3")));
            await(mirror.awaitRevisionAsync(last));
            assertTold(told, "state []", "a: - > 1", "a: 1 > 2", "a: 2 > 3");
            assertToldTheTruth(cluster().coord(others.get(1)), told);
        }
    }

    @Test
    void mirrorAtAPeerThatIsCutOff_servesTheOldState_andCatchesUp() throws Exception {
        String away = leader();
        Coord other = cluster().coord(othersThan(away).get(0));
        ToldMirror told = new ToldMirror();
        try (KeyMirror<String> mirror =
                mirror(cluster().coord(away)).listener(told).start().awaitReady()) {
            await(mirror.awaitRevisionAsync(await(other.kv().putAsync(key("a"), Value.of("1")))));
            cluster().faults().isolate(away);
            await(other.kv().putAsync(key("a"), Value.of("2")));
            long last = await(other.kv().putAsync(key("b"), Value.of("3")));
            assertThat(mirror.get(key("a"))).contains("1");
            assertThat(failure(mirror.awaitRevisionAsync(last, Duration.ofMillis(300))))
                    .isInstanceOf(UnavailableException.class);
            cluster().faults().heal();
            await(mirror.awaitRevisionAsync(last));
            assertTold(told, "state []", "a: - > 1", "a: 1 > 2", "b: - > 3");
        }
    }

    @Test
    void mirrorStartedWhereNoLeaderIsHeard_waits_butDoesNotIfAskedForWhatIsThere() throws Exception {
        String away = leader();
        await(cluster().coord(away).kv().putAsync(key("a"), Value.of("1")));
        cluster().faults().isolate(away);
        ToldMirror told = new ToldMirror();
        try (KeyMirror<String> waiting =
                        mirror(cluster().coord(away)).listener(told).start();
                KeyMirror<String> local = mirror(cluster().coord(away))
                        .startingFrom(Consistency.sequential())
                        .start()
                        .awaitReady()) {
            assertThat(local.get(key("a"))).contains("1");
            aMoment();
            assertThat(waiting.ready()).isNotDone();
            assertThatThrownBy(waiting::snapshot)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not ready");
            assertThat(told.calls).isEmpty();
            cluster().faults().heal();
            await(waiting.ready());
            assertTold(told, "state [a=1]");
        }
    }

    @Test
    void mirror_outlivesTheSessionOfItsHandle() throws Exception {
        Coord own = cluster().open("n1", TTL);
        try (KeyMirror<String> mirror = mirror(own).start().awaitReady()) {
            assertThat(await(coord(1).leases().revokeAsync(own.session().id()))).isTrue();
            await(own.session().expired());
            long last = coord(1).kv().put(key("a"), "1");
            assertThat(mirror.awaitRevision(last).get(key("a"))).contains("1");
        }
        own.close();
    }

    // ---- the end

    @Test
    void mirrorOfAHandleThatCloses_endsWithTheError_andKeepsItsLastState() throws Exception {
        ToldMirror told = new ToldMirror();
        Coord own = cluster().open("n1", Duration.ofMinutes(1));
        KeyMirror<String> mirror = mirror(own).listener(told).start().awaitReady();
        mirror.awaitRevision(own.kv().put(key("a"), "1"));
        CompletableFuture<MirrorSnapshot<String>> waiting = mirror.awaitRevisionAsync(mirror.revision() + 1_000_000);
        own.close();
        eventually("the end", () -> !told.ends.isEmpty());
        assertThat(told.ends).singleElement().isInstanceOf(ClosedException.class);
        assertThat(mirror.failure().orElseThrow()).isInstanceOf(ClosedException.class);
        assertThat(mirror.get(key("a"))).contains("1");
        assertThat(failure(waiting)).isInstanceOf(ClosedException.class);
        ToldMirror late = new ToldMirror();
        MirrorSubscription<String> subscription = mirror.listen(late);
        eventually("the end is told to who comes late", () -> !late.ends.isEmpty());
        assertThat(late.calls).containsExactly("state [a=1]");
        subscription.close();
        mirror.close();
    }

    @Test
    void mirrorOfAPeerThatCrashes_ends() throws Exception {
        String crashing = leader();
        ToldMirror told = new ToldMirror();
        KeyMirror<String> mirror =
                mirror(cluster().coord(crashing)).listener(told).start().awaitReady();
        cluster().faults().crash(crashing);
        eventually("the end", () -> !told.ends.isEmpty());
        assertThat(mirror.failure()).isPresent();
        assertThat(mirror.snapshot().isEmpty()).isTrue();
        mirror.close();
    }

    @Test
    void closedMirror_tellsNothingMore_andSaysThatItIsClosed() throws Exception {
        ToldMirror told = new ToldMirror();
        KeyMirror<String> mirror = mirror(coord(0)).listener(told).start().awaitReady();
        assertTold(told, "state []");
        CompletableFuture<MirrorSnapshot<String>> waiting = mirror.awaitRevisionAsync(mirror.revision() + 1_000_000);
        mirror.close();
        mirror.close();
        coord(0).kv().put(key("a"), "1");
        aMoment();
        assertThat(told.calls).hasSize(1);
        assertThat(told.ends).isEmpty();
        assertThat(mirror.snapshot().isEmpty()).isTrue();
        assertThat(failure(waiting)).isInstanceOf(ClosedException.class);
        assertThat(failure(mirror.awaitRevisionAsync(mirror.revision() + 1))).isInstanceOf(ClosedException.class);
        ToldMirror late = new ToldMirror();
        mirror.listen(late).close();
        KeyMirror<String> atOnce =
                mirror(coord(0)).startingFrom(Consistency.at(0)).start();
        atOnce.close();
        assertThat(atOnce.failure()).isPresent();
        String ready = await(atOnce.ready()
                .handle((done, error) -> error == null ? "" : error.getClass().getSimpleName()));
        assertThat(ready)
                .as("itself, not a wrapper, unless it was ready before")
                .isIn("", "ClosedException");
        aMoment();
        assertThat(late.calls).isEmpty();
    }

    @Test
    void mirrorFromARevisionThatCannotBeRead_endsWithThatError() {
        ToldMirror told = new ToldMirror();
        try (KeyMirror<String> mirror = mirror(coord(0))
                .startingFrom(Consistency.at(1_000_000_000))
                .listener(told)
                .start()) {
            Throwable failure = failure(mirror.ready());
            assertThat(failure)
                    .isInstanceOf(CoordException.class)
                    .isNotInstanceOfAny(UnavailableException.class, CompactedException.class);
            eventually("the end", () -> !told.ends.isEmpty());
            assertThat(mirror.failure()).containsSame((CoordException) failure);
        }
    }

    // ---- everything at once

    @Test
    void everyMirror_isToldTheTruth_ofEachRevision() throws Exception {
        List<ToldMirror> all = new ArrayList<>();
        List<KeyMirror<String>> mirrors = new ArrayList<>();
        for (int peer = 0; peer < 3; peer++) {
            ToldMirror told = new ToldMirror();
            all.add(told);
            mirrors.add(mirror(coord(peer)).listener(told).start());
        }
        List<CompletableFuture<?>> writes = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            Coord coord = coord(i % 3);
            String one = key("" + i % 7);
            Op other = i % 5 == 0 ? Op.delete(KeyRange.prefix(key("x"))) : Op.put(key("x" + i % 4), "" + i);
            writes.add(coord.kv()
                    .txn()
                    .then(i % 4 == 3 ? Op.delete(one) : Op.put(one, "" + i), other)
                    .commitAsync());
            if (i % 30 == 29) {
                aMoment();
            }
        }
        writes.forEach(this::await);
        long last = coord(0).kv().put(key("last"), "");
        for (KeyMirror<String> mirror : mirrors) {
            await(mirror.ready());
            await(mirror.awaitRevisionAsync(last));
            assertTrue(coord(1), mirror.snapshot());
        }
        for (ToldMirror told : all) {
            eventually("the last is told", () -> told.hasHeard(last));
            assertThat(told.resyncs).isEmpty();
            assertToldTheTruth(coord(1), told);
        }
        long common = all.stream()
                .mapToLong(told -> told.states.get(0).revision())
                .max()
                .orElseThrow();
        assertThat(all.stream()
                        .map(told -> told.states.stream()
                                .map(MirrorSnapshot::revision)
                                .filter(revision -> revision > common)
                                .toList())
                        .collect(Collectors.toSet()))
                .as("the revisions that each was told")
                .hasSize(1);
        mirrors.forEach(KeyMirror::close);
    }
}
