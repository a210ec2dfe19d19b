package dev.coord.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Value;
import dev.coord.lease.Lease;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatedClusterTest {
    private static final Duration TTL = Duration.ofSeconds(5);

    private final SimulatedCluster cluster = SimulatedCluster.start(3, 5);

    @AfterEach
    void close() {
        cluster.close();
    }

    private String follower() {
        String leader = cluster.leader().orElseThrow();
        return cluster.ids().stream()
                .filter(id -> !id.equals(leader))
                .findFirst()
                .orElseThrow();
    }

    private void put(String peer, String key, String value) {
        cluster.await(cluster.coord(peer).kv().putAsync(key, Value.of(value)));
    }

    private static Throwable errorOf(CompletableFuture<?> failed) {
        assertThat(failed).isCompletedExceptionally();
        return failed.handle((value, error) -> error).join();
    }

    // ---- who may block

    @Test
    void blockingForms_onTheTestsThread_letTimeGoOn() throws Exception {
        cluster.coord("n1").kv().put("/a", "1");
        assertThat(cluster.coord("n2").kv().get("/a").orElseThrow().text()).isEqualTo("1");
        Lease lease = cluster.coord("n3").leases().grant(Duration.ofMinutes(1));
        assertThat(lease.isValid()).isTrue();
        lease.close();
        assertThat(cluster.coord("n3").leases().revoke(lease.id())).isFalse();
        assertThat(cluster.elapsed()).isPositive();
    }

    @Test
    void blockingForm_inACallback_isRefusedAndSaysWhatToDo() {
        Coord coord = cluster.coord("n1");
        AtomicReference<Throwable> refusal = new AtomicReference<>();
        CompletableFuture<Void> tried = coord.kv().putAsync("/a", Value.of("1")).thenAccept(revision -> {
            try {
                coord.kv().put("/b", "2");
            } catch (IllegalStateException | InterruptedException e) {
                refusal.set(e);
            }
        });
        cluster.await(tried);
        assertThat(refusal.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("async form");
        coord.scheduler().schedule(Duration.ofSeconds(1), () -> cluster.advance(TTL));
        assertThatThrownBy(() -> cluster.advance(TTL))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("async form");
    }

    @Test
    void blockingForm_interrupted_saysSo() {
        Coord coord = cluster.coord("n1");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> coord.kv().put("/a", "1")).isInstanceOf(InterruptedException.class);
    }

    @Test
    void invariant_thatFails_endsTheStepWithItsError() {
        cluster.onStep(() -> assertThat(cluster.elapsed()).isLessThan(Duration.ofSeconds(2)));
        cluster.coord("n1");
        assertThatThrownBy(() -> cluster.advance(Duration.ofMinutes(1))).isInstanceOf(AssertionError.class);
    }

    @Test
    void condition_thatDoesNotComeTrue_failsWithItsWordsAndTheSeed() {
        assertThatThrownBy(() -> cluster.runUntil("the moon is blue", TTL, () -> false))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the moon is blue")
                .hasMessageContaining("seed 5");
    }

    @Test
    void condition_mayBlock_andItsFailureEndsTheWait() {
        Coord one = cluster.coord("n1");
        one.scheduler().schedule(Duration.ofSeconds(20), () -> one.kv().putAsync("/a", Value.of("1")));
        Coord two = cluster.coord("n2");
        cluster.runUntil(() -> two.kv().get("/a").isPresent());
        assertThat(cluster.elapsed()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(21));
        assertThatThrownBy(() ->
                        cluster.runUntil("/b", TTL, () -> two.kv().get("/b").isPresent()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("not within PT5S: /b");
        assertThatThrownBy(() -> cluster.runUntil("/c", TTL, () -> {
                    throw new IOException("no disk");
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("/c")
                .hasMessageContaining("no disk");
        assertThatThrownBy(() -> cluster.runUntil("/d", TTL, () -> {
                    throw new UnsupportedOperationException("as it is");
                }))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void nonsense_isRefusedWhereItIsAsked() {
        Duration negative = Duration.ofNanos(-1);
        SimulatedFaults faults = cluster.faults();
        assertThatThrownBy(() -> cluster.advance(negative)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> cluster.sleep(negative)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> faults.delayReplica("n1", negative)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> faults.cut("n1", "n1")).isInstanceOf(IllegalArgumentException.class);
        faults.pause("n1");
        assertThatThrownBy(() -> faults.pause("n1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("n1 is paused already");
        faults.resume("n1");
        faults.pause("n1");
    }

    // ---- partitions

    @Test
    void minority_canNeitherWriteNorReadLinearizably_untilHealed() {
        String leader = cluster.leader().orElseThrow();
        put(leader, "/a", "before");
        Coord minority = cluster.coord(leader);
        cluster.faults().isolate(leader);
        CompletableFuture<Long> write = minority.kv().putAsync("/a", Value.of("lost"));
        CompletableFuture<?> read = minority.kv().withTimeout(TTL).getAsync("/a", Consistency.linearizable());
        cluster.runUntil(() -> cluster.leader().isPresent() && !cluster.leader().equals(Optional.of(leader)));
        put(cluster.leader().orElseThrow(), "/a", "after");
        cluster.runUntil("the read fails", TTL.plusSeconds(1), read::isDone);
        assertThat(errorOf(read)).isInstanceOf(UnavailableException.class);
        assertThat(minority.kv().getAsync("/a", Consistency.sequential()).join())
                .hasValueSatisfying(entry -> assertThat(entry.text()).isEqualTo("before"));
        assertThat(write).isNotDone();
        cluster.faults().heal();
        cluster.await(write);
        assertThat(Inside.of(cluster).truth().get("/a").text()).isEqualTo("lost");
    }

    @Test
    void halfOfAnEvenNumber_isNoMajority() {
        try (SimulatedCluster four = SimulatedCluster.start(4, 1)) {
            four.faults().partition(List.of(List.of("n1", "n2"), List.of("n3", "n4")));
            four.advance(Duration.ofMinutes(1));
            assertThat(four.leader()).isEmpty();
            for (String id : four.ids()) {
                assertThatThrownBy(() -> four.faults().elect(id)).isInstanceOf(IllegalStateException.class);
            }
            four.faults().heal();
            four.runUntil(() -> four.leader().isPresent());
        }
    }

    @Test
    void oneWayCut_ofTheLeadersReceiver_costsItTheLead_thoughItMayNotKnow() {
        String leader = cluster.leader().orElseThrow();
        cluster.ids().stream()
                .filter(id -> !id.equals(leader))
                .forEach(other -> cluster.faults().cut(other, leader));
        cluster.runUntil(() -> cluster.leader().isPresent() && !cluster.leader().equals(Optional.of(leader)));
        assertThat(Inside.of(cluster).core(leader).status().leading()).isTrue();
        put(cluster.leader().orElseThrow(), "/a", "1");
        cluster.faults().heal();
        cluster.runUntil(() -> !Inside.of(cluster).core(leader).status().leading());
    }

    @Test
    void oneWayCut_betweenFollowers_doesNoHarm() {
        String leader = cluster.leader().orElseThrow();
        List<String> others =
                cluster.ids().stream().filter(id -> !id.equals(leader)).toList();
        cluster.faults().cut(others.get(0), others.get(1));
        cluster.advance(Duration.ofMinutes(1));
        assertThat(cluster.leader()).contains(leader);
        put(others.get(0), "/a", "1");
        put(others.get(1), "/a", "2");
    }

    // ---- processes

    @Test
    void peersAllCrashedAndRestarted_haveWhatWasCommitted() {
        for (int peers = 1; peers <= 5; peers++) {
            for (long seed = 0; seed < 20; seed++) {
                try (SimulatedCluster some = SimulatedCluster.start(peers, seed)) {
                    for (int i = 0; i < 10; i++) {
                        some.await(some.coord("n1").kv().putAsync("/k" + i, Value.of("v")));
                    }
                    some.ids().forEach(some.faults()::crash);
                    assertThat(some.leader()).isEmpty();
                    some.ids().forEach(some.faults()::restart);
                    String last = "n" + peers;
                    for (int i = 0; i < 10; i++) {
                        assertThat(some.await(some.coord(last).kv().getAsync("/k" + i, Consistency.linearizable())))
                                .as("/k" + i)
                                .isPresent();
                    }
                }
            }
        }
    }

    @Test
    void crash_failsWhatItsCallersWaitFor_andLetsItsSessionExpire() {
        String peer = follower();
        Coord coord = cluster.open(peer, TTL);
        long session = coord.session().id();
        CompletableFuture<Long> put = coord.kv().putAsync("/a", Value.of("1"));
        cluster.faults().crash(peer);
        cluster.runUntil("the caller is told", Duration.ofSeconds(1), put::isDone);
        assertThat(errorOf(put)).isInstanceOf(CoordException.class);
        assertThat(coord.session().isValid()).isFalse();
        assertThatThrownBy(() -> cluster.coord(peer)).isInstanceOf(IllegalStateException.class);
        assertThat(Inside.of(cluster).truth().leases().get(session)).isNotNull();
        cluster.runUntil(() -> Inside.of(cluster).truth().leases().get(session) == null);
        cluster.faults().restart(peer);
        put(peer, "/b", "2");
    }

    @Test
    void pausedHolder_losesItsLease_andHearsOfItOnceItGoesOn() {
        String peer = follower();
        Coord coord = cluster.open(peer, TTL);
        Lease lease = cluster.await(coord.leases().grantAsync(TTL));
        cluster.faults().pause(peer);
        cluster.runUntil(() -> Inside.of(cluster).truth().leases().get(lease.id()) == null);
        assertThat(lease.isValid()).as("its clock goes on").isFalse();
        assertThat(lease.lost()).as("but nothing of it runs").isNotDone();
        CompletableFuture<Long> put = coord.kv().putAsync("/a", Value.of("1"));
        cluster.advance(TTL);
        assertThat(put).isNotDone();
        cluster.faults().resume(peer);
        cluster.runUntil(() -> lease.lost().isDone()
                && put.isDone()
                && coord.session().expired().isDone());
    }

    @Test
    void pausedLeader_isReplaced() {
        String leader = cluster.leader().orElseThrow();
        cluster.faults().pause(leader);
        assertThat(cluster.leader()).isEmpty();
        cluster.runUntil(() -> cluster.leader().isPresent());
        put(cluster.leader().orElseThrow(), "/a", "1");
        cluster.faults().resume(leader);
        put(leader, "/b", "2");
    }

    @Test
    void clock_skewed_runsAsFastAsAsked_withItsTimers() {
        Coord coord = cluster.coord("n1");
        List<Duration> rang = new ArrayList<>();
        coord.scheduler().schedule(Duration.ofMinutes(10), () -> rang.add(cluster.elapsed()));
        cluster.faults().skewClock("n1", 2);
        long before = coord.ticker().nanos();
        Duration start = cluster.elapsed();
        cluster.advance(Duration.ofMinutes(6));
        assertThat(Duration.ofNanos(coord.ticker().nanos() - before))
                .isBetween(Duration.ofMinutes(12), Duration.ofMinutes(12).plusNanos(2));
        assertThat(rang).hasSize(1);
        assertThat(rang.get(0).minus(start))
                .isBetween(Duration.ofMinutes(5), Duration.ofMinutes(5).plusMillis(1));
        cluster.faults().skewClock("n1", 0.5);
        before = coord.ticker().nanos();
        cluster.advance(Duration.ofMinutes(6));
        assertThat(Duration.ofNanos(coord.ticker().nanos() - before))
                .isBetween(Duration.ofMinutes(3).minusNanos(2), Duration.ofMinutes(3));
    }

    @Test
    void lease_ofThirtyDays_expiresInFewSteps() {
        try (SimulatedCluster patient =
                SimulatedCluster.builder().sessionTtl(Duration.ofDays(10)).start()) {
            Duration month = Duration.ofDays(30);
            Lease lease = patient.await(patient.coord("n3").leases().grantAsync(month));
            patient.faults().crash("n3");
            patient.advance(month.minusHours(1));
            assertThat(patient.coord("n1").leases().find(lease.id())).isPresent();
            patient.advance(month.dividedBy(24));
            assertThat(patient.coord("n1").leases().find(lease.id())).isEmpty();
            assertThat(patient.steps()).isLessThan(10_000);
        }
    }

    // ---- replicas

    @Test
    void delayedReplica_isOld_untilTheDelayIsOver() {
        String peer = follower();
        Coord coord = cluster.coord(peer);
        cluster.faults().delayReplica(peer, Duration.ofSeconds(3));
        put(cluster.leader().orElseThrow(), "/a", "1");
        cluster.advance(Duration.ofSeconds(2));
        assertThat(coord.kv().getAsync("/a", Consistency.sequential()).join()).isEmpty();
        CompletableFuture<?> fresh = coord.kv().getAsync("/a", Consistency.linearizable());
        cluster.advance(Duration.ofMillis(500));
        assertThat(fresh).isNotDone();
        cluster.advance(Duration.ofSeconds(1));
        assertThat(fresh).isDone();
    }

    @Test
    void watch_cutByASnapshotPastCompaction_resyncsOrEnds() {
        try (SimulatedCluster forgetful =
                SimulatedCluster.builder().history(3, Duration.ofHours(1)).start()) {
            String leader = forgetful.leader().orElseThrow();
            String peer = leader.equals("n1") ? "n2" : "n1";
            Coord coord = forgetful.coord(peer);
            Tape resyncing = new Tape();
            Tape ending = new Tape();
            WatchSpec spec = WatchSpec.of(KeyRange.prefix("/a"));
            try (Watch one = coord.watch(spec.resyncing(), resyncing);
                    Watch other = coord.watch(spec, ending)) {
                forgetful.faults().delayReplica(peer, Duration.ofSeconds(20));
                for (int i = 0; i < 20; i++) {
                    forgetful.await(forgetful.coord(leader).kv().putAsync("/a" + i, Value.of("v")));
                    forgetful.advance(Duration.ofMillis(500));
                }
                assertThat(resyncing.told).isEmpty();
                forgetful.faults().installSnapshot(peer);
                forgetful.advance(Duration.ofSeconds(20));
                assertThat(Inside.of(forgetful).raft().snapshotsInstalled()).isPositive();
                assertThat(resyncing.told).containsExactly("resync of 20");
                assertThat(ending.told).containsExactly("end");
            }
        }
    }

    private static final class Tape implements WatchListener {
        final List<String> told = new ArrayList<>();

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            told.add("change");
        }

        @Override
        public void onResync(RangeResult state) {
            told.add("resync of " + state.count());
        }

        @Override
        public void onEnd(CoordException cause) {
            told.add("end");
        }
    }
}
