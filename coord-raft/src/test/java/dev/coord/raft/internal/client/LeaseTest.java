package dev.coord.raft.internal.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.lease.Lease;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.raft.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Single schedules of leases, on simulated Raft and manual clocks. */
class LeaseTest {
    private static final Duration TTL = Duration.ofMillis(500);
    private static final Duration HALF = TTL.dividedBy(2);

    private final SimCluster sim = new SimCluster(11);

    @BeforeEach
    void elect() {
        sim.raft.elect("n1");
        sim.runMillis(50);
    }

    @AfterEach
    void close() {
        sim.close();
    }

    @Test
    void lease_withALiveHolder_survivesALeaderChangeEveryHalfTtl() {
        Coord coord = sim.open("n3", TTL);
        Lease lease = sim.await(coord.leases().grantAsync(TTL));
        CompletableFuture<Void> lapsed = coord.session().lapsed();
        for (int i = 0; i < 40; i++) {
            sim.raft.elect(sim.ids.get((i + 1) % 3));
            sim.run(HALF);
            assertThat(coord.session().isValid() && lease.isValid())
                    .as("valid after %d changes", i + 1)
                    .isTrue();
        }
        assertThat(lapsed).isNotDone();
        assertThat(sim.raft.term()).isEqualTo(41);
    }

    @Test
    void lease_withoutAHolder_endsThoughLeadersChangeEveryHalfTtl() {
        Coord coord = sim.open("n3", TTL);
        long session = coord.session().id();
        sim.raft.cutOff(Set.of("n3"));
        AtomicInteger silenced = new AtomicInteger();
        sim.network.dropIf((from, to, kind, response) -> {
            boolean dropped = from.equals("n3") || to.equals("n3");
            silenced.addAndGet(dropped && kind == MessageKind.KEEP_ALIVE ? 1 : 0);
            return dropped;
        });
        sim.invariant = () -> assertThat(
                        coord.session().isValid() && sim.truth().leases().get(session) == null)
                .as("believed in after its end")
                .isFalse();
        int changes = 0;
        while (sim.truth().leases().get(session) != null) {
            assertThat(changes)
                    .as("leader changes survived by a lease without holder")
                    .isLessThan(5);
            sim.raft.elect(changes++ % 2 == 0 ? "n2" : "n1");
            sim.run(HALF);
        }
        assertThat(changes).as("more than one leader was needed").isGreaterThan(2);
        assertThat(silenced).hasPositiveValue();
        assertThat(coord.session().lapsed()).isDone();
    }

    @Test
    void keepAlive_askedOfADeposedLeader_doesNotCount() {
        Coord coord = sim.open("n1", TTL);
        AtomicInteger confirmations = new AtomicInteger();
        sim.network.dropIf((from, to, kind, response) -> {
            boolean dropped = from.equals("n1") || to.equals("n1");
            confirmations.addAndGet(dropped && kind == MessageKind.CONFIRM_TERM ? 1 : 0);
            return dropped;
        });
        sim.raft.cutOff(Set.of("n1"));
        sim.raft.elect("n2");
        CompletableFuture<byte[]> asked = sim.core("n1")
                .handle(
                        "n3",
                        MessageKind.KEEP_ALIVE,
                        KeepAlive.encode(List.of(coord.session().id())));
        long until = coord.session().validUntil().nanos();
        sim.run(TTL);
        RaftStatus deposed = sim.core("n1").status();
        assertThat(deposed.leading() && deposed.ready()).as("believes to lead").isTrue();
        assertThat(asked).isCompletedExceptionally();
        assertThat(confirmations).hasPositiveValue();
        assertThat(coord.session().validUntil().nanos()).isLessThanOrEqualTo(until);
        assertThat(coord.session().isValid()).isFalse();
        // The store, by its new leader, has it for a while longer: the holder ended first.
        assertThat(sim.truth().leases().get(coord.session().id())).isNotNull();
        sim.runUntil("expiry", () -> sim.truth().leases().get(coord.session().id()) == null);
    }

    @Test
    void keepAlive_ofACheckpointedLease_countsOnlyOnceTheFullTimeIsBack() {
        Coord coord = sim.open("n2", TTL);
        long session = coord.session().id();
        boolean[] deaf = {true};
        sim.network.dropIf((from, to, kind, response) -> deaf[0] && kind == MessageKind.KEEP_ALIVE);
        sim.runUntil(
                "a checkpoint",
                () -> requireNonNull(sim.truth().leases().get(session)).checkpointed());
        long until = coord.session().validUntil().nanos();
        // The keep-alive gets through, but the leader cannot commit what it needs to.
        deaf[0] = false;
        sim.raft.cutOff(Set.of("n1"));
        sim.runMillis(150);
        assertThat(coord.session().validUntil().nanos()).isEqualTo(until);
        sim.raft.cutOff(Set.of());
        sim.runUntil("a keep-alive", () -> coord.session().validUntil().nanos() > until);
        assertThat(requireNonNull(sim.truth().leases().get(session)).checkpointed())
                .isFalse();
    }

    @Test
    void heldLease_isReckonedFromTheSendTime_andSignalsBeforeItsEnd() {
        ManualTime time = new ManualTime();
        HeldLease lease = new HeldLease(1, TTL, time, Runnable::run, 0);
        CompletableFuture<Void> first = lease.lapsed();
        assertThat(lease.validUntil().nanos()).isEqualTo(490_000_000);
        time.advance(Duration.ofMillis(300));
        lease.renewed(100_000_000);
        lease.renewed(50_000_000);
        assertThat(lease.validUntil().nanos()).isEqualTo(590_000_000);
        time.advance(Duration.ofMillis(284));
        lease.checkLapse(time.nanos());
        assertThat(first).isNotDone();
        time.advance(Duration.ofMillis(2));
        lease.checkLapse(time.nanos());
        assertThat(first).isDone();
        assertThat(lease.isValid()).isFalse();
        lease.renewed(200_000_000);
        assertThat(lease.isValid()).isTrue();
        assertThat(lease.lapsed()).isNotSameAs(first).isNotDone();
        lease.end();
        lease.renewed(580_000_000);
        assertThat(lease.isValid()).isFalse();
        assertThat(lease.lapsed()).isDone();
        assertThat(lease.whenEnded()).isDone();
    }

    @Test
    void heldLease_pastItsValidity_isInvalidThoughNoTimerRan() {
        ManualTime time = new ManualTime();
        HeldLease lease = new HeldLease(1, TTL, time, Runnable::run, 0);
        time.advance(Duration.ofMillis(489));
        assertThat(lease.isValid()).isTrue();
        time.advance(Duration.ofMillis(1));
        assertThat(lease.isValid()).isFalse();
    }
}
