package dev.coord.raft.internal.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.LimitExceededException;
import dev.coord.SessionExpiredException;
import dev.coord.kv.Op;
import dev.coord.kv.Value;
import dev.coord.lease.Lease;
import dev.coord.raft.internal.codec.CommandCodec;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Effect;
import dev.coord.raft.internal.store.Proposal;
import dev.coord.raft.internal.store.Result;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.testkit.Inside;
import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.internal.sim.SimWorld;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bounds of a session and its end, on simulated Raft. */
class SessionEndTest {
    private static final Duration TTL = Duration.ofMillis(500);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final SimulatedCluster cluster = SimulatedCluster.builder()
            .seed(7)
            .operationTimeout(Duration.ofSeconds(2))
            .sessionLimits(5, 8)
            .start();
    private final SimWorld sim = Inside.of(cluster);
    private final PeerCore core = sim.core("n2");

    @BeforeEach
    void elect() {
        cluster.faults().elect("n1");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void operation_issuedAsTheSessionEnds_failsAndIsNotSentForEver() {
        Proposer proposer = core.proposer();
        SessionSequence session = new SessionSequence(4711, 100);
        proposer.register(session);
        proposer.end(session, operation -> new SessionExpiredException(Outcome.NOT_APPLIED, "over"));
        List<Integer> proposed = countProposals(4711);
        Operation late = proposer.issue(session, put("/late", "x"), deadline());
        cluster.advance(Duration.ofMillis(1));
        assertThat(errorOf(late.future)).isInstanceOf(SessionExpiredException.class);
        cluster.advance(Duration.ofMillis(3_000));
        assertThat(proposed).isEmpty();
    }

    @Test
    void batchOfAnExpiredSession_sentAgain_changesNothing() {
        Coord coord = cluster.open("n2", TTL);
        long session = coord.session().id();
        cluster.await(coord.kv().putAsync("/a", Value.of("1")));
        cluster.faults().isolate("n2");
        cluster.runUntil("expiry", LIMIT, () -> sim.truth().leases().get(session) == null);
        long revision = sim.truth().revision();
        byte[] copy = CommandCodec.encode(List.of(
                new Proposal(session, 1, 0, put("/a", "again")), new Proposal(session, 2, 0, put("/b", "never"))));
        sim.core("n1").handle("n2", MessageKind.PROPOSE, copy);
        long index = sim.truth().index();
        cluster.runUntil("the copy in the log", LIMIT, () -> sim.truth().index() > index);
        assertThat(sim.truth().revision()).isEqualTo(revision);
        cluster.faults().heal();
        cluster.runUntil(
                "the holder's word of it",
                LIMIT,
                () -> coord.session().expired().isDone());
        assertThat(coord.session().isValid()).isFalse();
        CompletableFuture<Long> late = coord.kv().putAsync("/b", Value.of("late"));
        cluster.runUntil("the refusal", LIMIT, late::isDone);
        assertThat(errorOf(late)).isInstanceOf(SessionExpiredException.class);
        assertThat(((CoordException) errorOf(late)).outcome()).isEqualTo(Outcome.NOT_APPLIED);
    }

    @Test
    void lease_grantedWhileItsHandleCloses_isRevokedToo() {
        Coord coord = cluster.open("n2", Duration.ofMinutes(1));
        CompletableFuture<Lease> granted = coord.leases().grantAsync(Duration.ofMinutes(1));
        coord.close();
        Lease lease = cluster.await(granted);
        cluster.runUntil("its revocation", LIMIT, () -> sim.truth().leases().get(lease.id()) == null);
        assertThat(lease.isValid()).isFalse();
        assertThat(core.keepAlive().count()).isZero();
    }

    @Test
    void operationsInFlight_beyondTheLimit_areRefusedAndCountedRight() {
        Coord coord = cluster.open("n2", Duration.ofMinutes(1));
        cluster.faults().isolate("n1");
        List<CompletableFuture<Long>> puts = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            puts.add(coord.kv().putAsync("/k", Value.of("v" + i)));
        }
        assertThat(errorOf(coord.kv().putAsync("/k", Value.of("too many")))).isInstanceOf(LimitExceededException.class);
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> coord.leases().grantAsync(TTL)).isInstanceOf(LimitExceededException.class);
        }
        cluster.faults().elect("n3");
        puts.forEach(cluster::await);
        assertThat(requireNonNull(sim.truth().get("/k")).version()).isEqualTo(5);
        assertThat(requireNonNull(sim.truth().get("/k")).text()).isEqualTo("v4");
        // The refused grants have not used up the limit on leases, which is eight.
        for (int i = 0; i < 8; i++) {
            cluster.await(coord.leases().grantAsync(TTL));
        }
        assertThatThrownBy(() -> coord.leases().grantAsync(TTL))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("8 leases");
    }

    @Test
    void detachedLeases_countTowardsTheLimitUntilTheyEnd() {
        Coord coord = cluster.open("n2", Duration.ofMinutes(1));
        List<Long> detached = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            detached.add(cluster.await(coord.leases().grantDetachedAsync(i == 0 ? TTL : Duration.ofDays(1))));
        }
        for (int i = 0; i < 3; i++) {
            cluster.await(coord.leases().grantAsync(TTL));
        }
        assertFull(coord);
        cluster.advance(TTL.multipliedBy(2));
        long next = cluster.await(coord.leases().grantDetachedAsync(TTL));
        assertFull(coord);
        // Whoever revokes it.
        Coord other = cluster.open("n3", Duration.ofMinutes(1));
        assertThat(cluster.await(other.leases().revokeAsync(detached.get(3)))).isTrue();
        cluster.runUntil(
                "word of it", LIMIT, () -> coord.leases().find(detached.get(3)).isEmpty());
        cluster.await(coord.leases().grantAsync(TTL));
        assertFull(coord);
        coord.close();
        assertThat(sim.truth().leases().get(detached.get(4))).isNotNull();
        assertThat(sim.truth().leases().get(next)).isNotNull();
    }

    private static void assertFull(Coord coord) {
        assertThatThrownBy(() -> coord.leases().grantAsync(TTL)).isInstanceOf(LimitExceededException.class);
        assertThatThrownBy(() -> coord.leases().grantDetachedAsync(TTL))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("8 leases");
    }

    @Test
    void leases_moreThanOperationsAllowedInFlight_areAllRevokedByClosing() {
        Coord coord = cluster.open("n2", Duration.ofMinutes(1));
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            leases.add(cluster.await(coord.leases().grantAsync(Duration.ofMinutes(1))));
        }
        LeaseClient client = (LeaseClient) coord.leases();
        client.giveUpAll();
        assertThat(leases).noneMatch(Lease::isValid);
        leases.forEach(lease ->
                cluster.runUntil("revocation", LIMIT, () -> sim.truth().leases().get(lease.id()) == null));
    }

    @Test
    void leases_ofAnExpiredSession_areRevokedByClosing() {
        Coord coord = cluster.open("n2", TTL);
        Lease lease = cluster.await(coord.leases().grantAsync(Duration.ofMinutes(1)));
        cluster.faults().isolate("n2");
        cluster.runUntil(
                "expiry", LIMIT, () -> sim.truth().leases().get(coord.session().id()) == null);
        cluster.faults().heal();
        cluster.runUntil(
                "the holder's word of it",
                LIMIT,
                () -> coord.session().expired().isDone());
        assertThat(sim.truth().leases().get(lease.id())).isNotNull();
        coord.close();
        // In a fraction of its time to live.
        cluster.runUntil("revocation", LIMIT, () -> sim.truth().leases().get(lease.id()) == null);
    }

    @Test
    void session_opened_isToldOfOffTheApplyThread() {
        CompletableFuture<Coord> opened = core.openSession(TTL);
        AtomicBoolean toldWhileApplying = new AtomicBoolean();
        // Called after the proposer, still on the thread that applies.
        core.replica().addListener((view, effects) -> toldWhileApplying.compareAndSet(false, opened.isDone()));
        cluster.runUntil("the session", LIMIT, opened::isDone);
        assertThat(toldWhileApplying).isFalse();
        assertThat(sim.truth().leases().size()).isEqualTo(1);
    }

    private List<Integer> countProposals(long session) {
        List<Integer> seen = new ArrayList<>();
        sim.raft()
                .onCommit(effects -> effects.forEach(effect -> {
                    if (effect instanceof Effect.Completed completed
                            && completed.proposal().session() == session) {
                        assertThat(completed.result()).isInstanceOf(Result.SessionNotFound.class);
                        seen.add(1);
                    }
                }));
        return seen;
    }

    private static Command put(String key, String value) {
        return new Command.Transact(List.of(), List.of(Op.put(key, Value.of(value))), List.of());
    }

    private Deadline deadline() {
        return Deadline.after(core.context().ticker(), Duration.ofSeconds(1));
    }

    private static Throwable errorOf(CompletableFuture<?> failed) {
        assertThat(failed).isCompletedExceptionally();
        return failed.handle((value, error) -> error).join();
    }
}
