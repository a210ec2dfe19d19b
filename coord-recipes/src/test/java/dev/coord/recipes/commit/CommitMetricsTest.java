package dev.coord.recipes.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.testkit.SimulatedCluster;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the figures of a coordinator tell, on virtual time. */
class CommitMetricsTest {
    private static final String PATH = "/commit/test";
    private static final Duration A_WHILE = Duration.ofSeconds(30);

    private final SimulatedCluster cluster = SimulatedCluster.builder().seed(1).start();
    private final Coord coord = cluster.open("n1", Duration.ofSeconds(5));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MemoryParticipant a = new MemoryParticipant();
    private final MemoryParticipant b = new MemoryParticipant();
    private final CommitMetrics metrics = new CommitMetrics(registry, PATH);
    private final CommitCoordinator coordinator = start(coord, metrics);

    private CommitCoordinator start(Coord at, CommitListener listener) {
        return CommitCoordinator.on(at, PATH)
                .participant("a", a)
                .participant("b", b)
                .timeout(Duration.ofSeconds(5))
                .scanInterval(Duration.ofSeconds(1))
                .listener(listener)
                .start();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private GlobalTransaction begin() {
        GlobalTransaction transaction = coordinator.begin();
        transaction.enlist("a");
        transaction.enlist("b");
        return transaction;
    }

    private double counter(String name, String... tags) {
        return registry.get(name).tags(tags).tag("path", PATH).counter().count();
    }

    private long decided(boolean committed) {
        return registry.get("coord.commit.decided")
                .tag("committed", Boolean.toString(committed))
                .timer()
                .count();
    }

    private void soon(String what, SimulatedCluster.Condition condition) {
        cluster.runUntil(what, A_WHILE, condition);
    }

    /** Meters come into being with what they count. */
    private boolean counts(String name) {
        return registry.find(name).meter() != null;
    }

    @Test
    void commit_isDecidedAndResolved_inTheTimeItTook() {
        metrics.backlogOf(coordinator);
        CompletableFuture<Void> slow = new CompletableFuture<>();
        a.before(call -> call.equals("prepare") ? slow : null);
        GlobalTransaction transaction = begin();
        CompletableFuture<Void> committed = transaction.commitAsync();
        cluster.advance(Duration.ofSeconds(2));
        assertThat(registry.get("coord.commit.backlog").gauge().value()).isEqualTo(1);
        slow.complete(null);
        cluster.await(committed);
        soon("it is resolved", () -> counts("coord.commit.resolved"));
        assertThat(counter("coord.commit.resolved")).isEqualTo(1);
        assertThat(decided(true)).isEqualTo(1);
        assertThat(registry.get("coord.commit.decided").timer().totalTime(TimeUnit.SECONDS))
                .isBetween(2.0, 3.0);
        soon("its end", () -> registry.get("coord.commit.backlog").gauge().value() == 0);
    }

    @Test
    void refusal_isDecidedOtherwise() {
        b.voting(Vote.refused("no funds"));
        CompletableFuture<Void> refused = begin().commitAsync();
        soon("its end", refused::isDone);
        soon("it is told", () -> counts("coord.commit.decided"));
        assertThat(decided(false)).isEqualTo(1);
    }

    @Test
    void callThatFails_isARetry() {
        AtomicBoolean failed = new AtomicBoolean();
        b.before(call -> call.equals("commit") && failed.compareAndSet(false, true)
                ? CompletableFuture.failedFuture(new IllegalStateException("on purpose"))
                : null);
        cluster.await(begin().commitAsync());
        soon("it is told", () -> counts("coord.commit.retries"));
        assertThat(counter("coord.commit.retries", "participant", "b")).isEqualTo(1);
    }

    @Test
    void transactionOfACoordinatorThatDied_isTakenOver() {
        start(cluster.open("n2", Duration.ofSeconds(5)), new CommitMetrics(registry, "/of/others"));
        a.before(call -> call.equals("commit") ? new CompletableFuture<>() : null);
        begin().commitAsync();
        soon("it is decided", () -> counts("coord.commit.decided"));
        cluster.faults().crash("n1");
        a.before(call -> null);
        soon("it is taken over", () -> counts("coord.commit.takenover"));
        assertThat(registry.get("coord.commit.takenover")
                        .tags("path", "/of/others", "status", "COMMITTING")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void whatIsToldOfParticipants_isTaggedWithThem() {
        metrics.onRecovered("t", "a", true);
        metrics.onScanFailed("b", new IllegalStateException("on purpose"));
        metrics.onHeuristic(new HeuristicOutcome("t", "a", HeuristicException.Kind.ABORTED, true, "by hand"));
        assertThat(counter("coord.commit.recovered", "participant", "a")).isEqualTo(1);
        assertThat(counter("coord.commit.scanfailures", "participant", "b")).isEqualTo(1);
        assertThat(counter("coord.commit.heuristics", "participant", "a", "contrary", "true"))
                .isEqualTo(1);
    }
}
