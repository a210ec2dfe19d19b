package dev.coord.raft.internal.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.lease.Lease;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.testkit.Inside;
import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.internal.sim.SimWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Single schedules of leases, on simulated Raft and manual clocks. */
class LeaseTest {
    private static final Duration TTL = Duration.ofMillis(500);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration HALF = TTL.dividedBy(2);
    private static final Duration LONG = Duration.ofSeconds(10);

    /** What clocks may make of the longer one. */
    private static final Duration DRIFT = LONG.dividedBy(50);

    private final SimulatedCluster cluster = SimulatedCluster.builder()
            .seed(11)
            .operationTimeout(Duration.ofSeconds(2))
            .start();
    private final SimWorld sim = Inside.of(cluster);

    @BeforeEach
    void elect() {
        // Leaders change when these schedules say so.
        sim.raft().electsByItself = false;
        cluster.faults().elect("n1");
        cluster.advance(Duration.ofMillis(50));
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void lease_withALiveHolder_survivesALeaderChangeEveryHalfTtl() {
        Coord coord = cluster.open("n3", TTL);
        Lease lease = cluster.await(coord.leases().grantAsync(TTL));
        CompletableFuture<Void> lapsed = coord.session().lapsed();
        long first = sim.raft().term();
        for (int i = 0; i < 40; i++) {
            cluster.faults().elect(sim.ids().get((i + 1) % 3));
            cluster.advance(HALF);
            assertThat(coord.session().isValid() && lease.isValid())
                    .as("valid after %d changes", i + 1)
                    .isTrue();
        }
        assertThat(lapsed).isNotDone();
        assertThat(sim.raft().term()).isGreaterThanOrEqualTo(first + 40);
    }

    @Test
    void lease_withoutAHolder_endsThoughLeadersChangeEveryHalfTtl() {
        Coord coord = cluster.open("n3", TTL);
        long session = coord.session().id();
        sim.raft().sever(Set.of("n3"));
        AtomicInteger silenced = new AtomicInteger();
        sim.network().dropIf((from, to, kind, response) -> {
            boolean dropped = from.equals("n3") || to.equals("n3");
            silenced.addAndGet(dropped && kind == MessageKind.KEEP_ALIVE ? 1 : 0);
            return dropped;
        });
        cluster.onStep(() -> assertThat(
                        coord.session().isValid() && sim.truth().leases().get(session) == null)
                .as("believed in after its end")
                .isFalse());
        int changes = 0;
        while (sim.truth().leases().get(session) != null) {
            assertThat(changes)
                    .as("leader changes survived by a lease without holder")
                    .isLessThan(5);
            cluster.faults().elect(changes++ % 2 == 0 ? "n2" : "n1");
            cluster.advance(HALF);
        }
        assertThat(changes).as("more than one leader was needed").isGreaterThan(2);
        assertThat(silenced).hasPositiveValue();
        assertThat(coord.session().lapsed()).isDone();
    }

    @Test
    void detachedLease_endsInTime_howeverOftenLeadersChange() {
        Coord coord = cluster.open("n3", Duration.ofMinutes(1));
        Duration began = cluster.elapsed();
        long lease = cluster.await(coord.leases().grantDetachedAsync(LONG));
        coord.close();
        for (int i = 0; sim.truth().leases().get(lease) != null; i++) {
            cluster.faults().elect(sim.ids().get((i + 1) % 3));
            cluster.advance(Duration.ofMillis(300));
        }
        assertThat(cluster.elapsed().minus(began)).isBetween(LONG.minus(DRIFT), LONG.plusMillis(700));
    }

    @Test
    void detachedLease_underALeaderThatWasRestarted_endsByWhatWasRecorded() {
        Coord coord = cluster.open("n3", Duration.ofMinutes(1));
        Duration began = cluster.elapsed();
        long lease = cluster.await(coord.leases().grantDetachedAsync(LONG));
        cluster.advance(Duration.ofSeconds(7));
        cluster.faults().crash("n2");
        cluster.faults().restart("n2");
        cluster.faults().elect("n2");
        cluster.runUntil(
                "its end", LONG.multipliedBy(2), () -> sim.truth().leases().get(lease) == null);
        assertThat(cluster.elapsed().minus(began)).isBetween(LONG.minus(DRIFT), LONG.plusMillis(1_500));
    }

    @Test
    void leases_moreThanOneMessageHolds_areAllKeptAliveByFewMessages() {
        Coord coord = cluster.open("n3", TTL);
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            List<CompletableFuture<Lease>> grants = Stream.generate(
                            () -> coord.leases().grantAsync(LONG))
                    .limit(1_000)
                    .toList();
            grants.forEach(grant -> leases.add(cluster.await(grant)));
        }
        AtomicInteger messages = new AtomicInteger();
        sim.network().dropIf((from, to, kind, response) -> {
            messages.addAndGet(kind == MessageKind.KEEP_ALIVE && !response ? 1 : 0);
            return false;
        });
        CompletableFuture<?> lapsed = CompletableFuture.anyOf(Stream.concat(
                        Stream.of(coord.session().lapsed()), leases.stream().map(Lease::lost))
                .toArray(CompletableFuture<?>[]::new));
        Duration kept = LONG.multipliedBy(3);
        cluster.advance(kept);
        assertThat(lapsed).isNotDone();
        assertThat(leases).allMatch(Lease::isValid);
        // The session's own renewals, and three messages at least for a third of the time of the others.
        int own = (int) kept.dividedBy(TTL.dividedBy(4));
        assertThat(messages.get()).isBetween(9, own + 200);
    }

    @Test
    void keepAlive_askedOfADeposedLeader_doesNotCount() {
        Coord coord = cluster.open("n1", TTL);
        AtomicInteger confirmations = new AtomicInteger();
        sim.network().dropIf((from, to, kind, response) -> {
            boolean dropped = from.equals("n1") || to.equals("n1");
            confirmations.addAndGet(dropped && kind == MessageKind.CONFIRM_TERM ? 1 : 0);
            return dropped;
        });
        sim.raft().sever(Set.of("n1"));
        cluster.faults().elect("n2");
        CompletableFuture<byte[]> asked = sim.core("n1")
                .handle(
                        "n3",
                        MessageKind.KEEP_ALIVE,
                        KeepAlive.encode(List.of(coord.session().id())));
        long until = coord.session().validUntil().nanos();
        cluster.advance(TTL);
        RaftStatus deposed = sim.core("n1").status();
        assertThat(deposed.leading() && deposed.ready()).as("believes to lead").isTrue();
        assertThat(asked).isCompletedExceptionally();
        assertThat(confirmations).hasPositiveValue();
        assertThat(coord.session().validUntil().nanos()).isLessThanOrEqualTo(until);
        assertThat(coord.session().isValid()).isFalse();
        // The store, by its new leader, has it for a while longer: the holder ended first.
        assertThat(sim.truth().leases().get(coord.session().id())).isNotNull();
        cluster.runUntil(
                "expiry", LIMIT, () -> sim.truth().leases().get(coord.session().id()) == null);
    }

    @Test
    void keepAlive_ofACheckpointedLease_countsOnlyOnceTheFullTimeIsBack() {
        Coord coord = cluster.open("n2", TTL);
        long session = coord.session().id();
        boolean[] deaf = {true};
        sim.network().dropIf((from, to, kind, response) -> deaf[0] && kind == MessageKind.KEEP_ALIVE);
        cluster.runUntil(
                "a checkpoint",
                LIMIT,
                () -> requireNonNull(sim.truth().leases().get(session)).checkpointed());
        long until = coord.session().validUntil().nanos();
        // The keep-alive gets through, but the leader cannot commit what it needs to.
        deaf[0] = false;
        sim.raft().sever(Set.of("n1"));
        cluster.advance(Duration.ofMillis(150));
        assertThat(coord.session().validUntil().nanos()).isEqualTo(until);
        sim.raft().sever(Set.of());
        cluster.runUntil(
                "a keep-alive", LIMIT, () -> coord.session().validUntil().nanos() > until);
        assertThat(requireNonNull(sim.truth().leases().get(session)).checkpointed())
                .isFalse();
    }

    @Test
    void sessionAndLease_closedByAHolderThatLags_areInvalidBeforeTheirEnd() {
        for (int i = 0; i < 20; i++) {
            Coord coord = cluster.open("n3", TTL);
            Lease lease = cluster.await(coord.leases().grantAsync(TTL));
            cluster.onStep(() -> {
                assertThat(lease.isValid() && sim.truth().leases().get(lease.id()) == null)
                        .as("lease believed in after its end")
                        .isFalse();
                assertThat(coord.session().isValid()
                                && sim.truth().leases().get(coord.session().id()) == null)
                        .as("session believed in after its end")
                        .isFalse();
            });
            cluster.faults().delayReplica("n3", HALF);
            cluster.await(cluster.run("n3", () -> {
                coord.close();
                return true;
            }));
            assertThat(sim.truth().leases().get(coord.session().id())).isNull();
        }
    }
}
