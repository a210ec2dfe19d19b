package dev.coord.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Value;
import dev.coord.lease.Lease;
import dev.coord.testkit.SimulatedCluster;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Histories of simulated peers: what is recorded, and that the real store passes. */
@SuppressWarnings("FutureReturnValueIgnored")
class HistoryTest {
    private static final Duration TTL = Duration.ofSeconds(2);
    private static final int SEEDS = Integer.getInteger("coord.history.clusters", 40);

    @Test
    void everyOperation_isRecordedWithItsOutcome() throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.start(3, 1)) {
            History history = History.on(cluster.ticker());
            Coord coord = history.record(cluster.open("n1", TTL), "a");
            coord.kv().put("/k", "one");
            cluster.await(coord.kv().putAsync("/k", Value.of("two")));
            coord.kv().get("/k");
            coord.kv().get("/none", Consistency.sequential());
            coord.kv().range(RangeQuery.of(KeyRange.all()), Consistency.at(1));
            coord.kv().compareAndSet("/k", 1, Value.of("never"));
            coord.kv().withTimeout(Duration.ofSeconds(1)).delete("/k");
            Lease lease = coord.leases().grant(TTL);
            coord.leases().find(lease.id());
            coord.leases().revoke(lease.id());
            assertThatThrownBy(() -> coord.kv()
                    .txn()
                    .then(Op.put("/k", "x").withLease(lease.id()))
                    .commit());
            assertThatThrownBy(() -> coord.kv().get("/k", Consistency.at(99)));
            coord.close();

            assertThat(history.recording().operations().stream().map(Words::of).toList())
                    .containsExactly(
                            "put /k=one -> @1",
                            "put /k=two -> @2 was one@1",
                            "get /k -> two@2",
                            "get /none sequential -> absent",
                            "range [, end) at(1) -> @1 [/k=one@1]",
                            "if mod_revision(/k)=1 put /k=never -> else @2",
                            "delete /k -> @3 deleted [/k=two@2]",
                            "grant PT2S -> lease " + lease.id(),
                            "find " + lease.id() + " -> true",
                            "revoke " + lease.id() + " -> true",
                            "put /k=x lease " + lease.id() + " -> failed",
                            "get /k at(99) -> failed",
                            "close " + coord.session().id() + " -> done");
            assertThat(history.recording().operations()).allSatisfy(operation -> {
                assertThat(operation.process()).isEqualTo("a");
                assertThat(operation.call()).isLessThan(operation.ret());
                assertThat(operation.callNanos()).isLessThanOrEqualTo(operation.retNanos());
            });
            history.assertAll(Duration.ofSeconds(5));
            history.assertLinearizableBlindly(100_000);
        }
    }

    @Test
    void history_withNothingToJudge_isNoPass() {
        try (SimulatedCluster cluster = SimulatedCluster.start(1, 1)) {
            History history = History.on(cluster.ticker());
            Coord recorded = history.record(cluster.coord("n1"), "a");
            Duration failover = Duration.ofSeconds(1);
            for (ThrowingCallable judge : List.<ThrowingCallable>of(
                    history::assertLinearizable,
                    () -> history.assertLinearizableBlindly(1_000),
                    history::assertWatches,
                    history::assertWatchesComplete,
                    () -> history.assertLeases(failover),
                    () -> history.assertAll(failover),
                    () -> history.assertAllComplete(failover))) {
                assertThatThrownBy(judge)
                        .isInstanceOfSatisfying(
                                HistoryViolation.class,
                                violation ->
                                        assertThat(violation.isInconclusive()).isTrue())
                        .hasMessageContaining("record(handle, name) returns the handle to use");
            }
            assertThatThrownBy(history::assertExclusive)
                    .isInstanceOf(HistoryViolation.class)
                    .hasMessageContaining("locks()");

            cluster.await(recorded.kv().putAsync("/k", Value.of("x")));
            history.assertAll(failover);
            assertThatThrownBy(history::assertExclusive).isInstanceOf(HistoryViolation.class);
        }
    }

    @Test
    void handle_recordedTwice_isRefused() {
        try (SimulatedCluster cluster = SimulatedCluster.start(1, 1)) {
            History history = History.on(cluster.ticker());
            Coord recorded = history.record(cluster.coord("n1"), "a");
            for (History again : List.of(history, History.on(cluster.ticker()))) {
                assertThatThrownBy(() -> again.record(recorded, "b"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("recorded already");
            }
        }
    }

    @Test
    void history_thatLacksAWriter_saysWhatToLookFor() {
        try (SimulatedCluster cluster = SimulatedCluster.start(1, 1)) {
            cluster.await(cluster.coord("n1").kv().putAsync("/k", Value.of("x")));
            History history = History.on(cluster.ticker());
            cluster.await(history.record(cluster.coord("n1"), "a").kv().putAsync("/k", Value.of("y")));
            assertThatThrownBy(history::assertLinearizable)
                    .isInstanceOf(HistoryViolation.class)
                    .hasMessageContaining("Revision 2 was seen")
                    .hasMessageContaining("is every writer recorded, and was the store empty when the history began?");
        }
    }

    @Test
    void processNames_givenTwice_areToldApart() {
        try (SimulatedCluster cluster = SimulatedCluster.start(1, 1)) {
            History history = History.on(cluster.ticker());
            cluster.await(history.record(cluster.coord("n1"), "a").kv().putAsync("/k", Value.of("x")));
            cluster.await(history.record(cluster.coord("n1"), "a").kv().putAsync("/k", Value.of("y")));
            assertThat(history.recording().operations().stream()
                            .map(Operation::process)
                            .toList())
                    .containsExactly("a", "a#2");
        }
    }

    /** Several handles write, read, watch and lose leases while peers crash and are cut off: everything is found right. */
    @Test
    void simulatedCluster_underFaults_passesAllChecks() {
        int unknown = 0;
        int delivered = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            try (SimulatedCluster cluster = SimulatedCluster.start(3, seed)) {
                History history = run(cluster, new SplittableRandom(seed));
                try {
                    history.assertAll(Duration.ofSeconds(20));
                    history.assertWatchesComplete();
                    history.assertLinearizableBlindly(1_000_000);
                } catch (HistoryViolation e) {
                    throw new AssertionError("seed " + seed, e);
                }
                Recording recording = history.recording();
                unknown += (int) recording.operations().stream()
                        .filter(Operation::mayHaveWritten)
                        .count();
                delivered += recording.tapes().stream()
                        .mapToInt(tape -> tape.items().size())
                        .sum();
            }
        }
        assertThat(unknown).as("writes of unknown outcome").isGreaterThan(SEEDS / 4);
        assertThat(delivered).as("things told to watches").isGreaterThan(20 * SEEDS);
    }

    private static History run(SimulatedCluster cluster, SplittableRandom random) {
        History history = History.on(cluster.ticker());
        List<Coord> handles = new ArrayList<>();
        List<Watch> watches = new ArrayList<>();
        for (String id : cluster.ids()) {
            handles.add(history.record(cluster.open(id, TTL), id));
        }
        for (Coord handle : handles) {
            watches.add(handle.watch(
                    WatchSpec.of(KeyRange.prefix("/k")).withPreviousValues().from(1), (revision, events) -> {}));
        }
        for (int i = 0; i < 80; i++) {
            act(handles.get(random.nextInt(handles.size())), random, i);
            fault(cluster, history, random);
            cluster.advance(Duration.ofMillis(random.nextInt(120)));
            watches.get(random.nextInt(watches.size())).deliveredRevision();
        }
        cluster.faults().heal();
        cluster.advance(Duration.ofSeconds(30));
        RangeResult end = cluster.await(
                handles.get(0).kv().rangeAsync(RangeQuery.of(KeyRange.all()), Consistency.linearizable()));
        cluster.runUntil(() -> watches.stream().allMatch(watch -> watch.deliveredRevision() >= end.revision()));
        return history;
    }

    private static void act(Coord coord, SplittableRandom random, int i) {
        String key = "/k" + random.nextInt(4);
        try {
            switch (random.nextInt(8)) {
                case 0, 1 -> coord.kv().putAsync(key, Value.of("v" + i));
                case 2 -> coord.kv().deleteAsync(key);
                case 3 -> coord.kv().getAsync(key, Consistency.linearizable());
                case 4 ->
                    coord.kv()
                            .getAsync(
                                    key,
                                    random.nextBoolean()
                                            ? Consistency.sequential()
                                            : Consistency.boundedStaleness(Duration.ofMillis(300)));
                case 5 -> coord.kv().rangeAsync(RangeQuery.of(KeyRange.prefix("/k")), Consistency.linearizable());
                case 6 ->
                    coord.kv()
                            .txn()
                            .when(Guard.absent(key))
                            .then(Op.put(key, "v" + i).withLease(coord.session().id()))
                            .otherwise(Op.get(key))
                            .commitAsync();
                default -> holdFor(coord, key, i);
            }
            coord.session().isValid();
            coord.session().validUntil();
        } catch (RuntimeException e) {
            assertThat(e).isInstanceOf(dev.coord.CoordException.class);
        }
    }

    /** A lease with a key; its holder looks at it, and some give it up. */
    private static void holdFor(Coord coord, String key, int i) {
        CompletableFuture<Lease> granted = coord.leases().grantAsync(TTL);
        granted.thenAccept(lease -> {
            coord.kv().txn().then(Op.put(key, "v" + i).withLease(lease.id())).commitAsync();
            lease.validUntil();
            if (i % 3 == 0) {
                coord.leases().revokeAsync(lease.id());
            }
        });
    }

    private static void fault(SimulatedCluster cluster, History history, SplittableRandom random) {
        String peer = cluster.ids().get(random.nextInt(3));
        switch (random.nextInt(12)) {
            case 0 -> {
                history.fault("cut " + peer + " off");
                cluster.faults().isolate(peer);
            }
            case 1 -> {
                history.fault("heal");
                cluster.faults().heal();
            }
            default -> {}
        }
    }
}
