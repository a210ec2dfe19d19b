package dev.coord.recipes.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.recipes.commit.MemoryParticipant.State;
import dev.coord.testkit.SimulatedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which steps a coordinator takes, and what becomes of it when it stops at one. */
class InterceptedCoordTest {
    private static final String PATH = "/commit/steps";
    private static final Duration TTL = Duration.ofSeconds(5);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final MemoryParticipant a = new MemoryParticipant();
    private final MemoryParticipant b = new MemoryParticipant();
    private final MemoryParticipant last = new MemoryParticipant();
    private final List<CommitStep> steps = new ArrayList<>();
    private SimulatedCluster cluster;

    @BeforeEach
    void start() {
        cluster = SimulatedCluster.start(3, 11);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private CommitCoordinator coordinator(String peer, StepHook hook) {
        Coord coord = cluster.open(peer, TTL);
        return CommitCoordinator.on(new InterceptedCoord(coord, PATH, hook), PATH)
                .participant("a", InterceptedParticipant.called(a, hook))
                .participant("b", InterceptedParticipant.called(b, hook))
                .lastResource("last", new InterceptedLastResource(last, hook))
                .start();
    }

    private StepHook noting() {
        return new StepHook() {
            @Override
            public <T extends @Nullable Object> CompletableFuture<T> around(
                    CommitStep step, Supplier<CompletableFuture<T>> call) {
                if (step != CommitStep.RECOVER && step != CommitStep.OTHER) {
                    steps.add(step);
                }
                return call.get();
            }
        };
    }

    private String commit(CommitCoordinator coordinator, String... participants) {
        GlobalTransaction transaction = coordinator.begin();
        for (String participant : participants) {
            transaction.enlist(participant);
        }
        CompletableFuture<Void> ignored = transaction.commitAsync();
        return transaction.id();
    }

    @Test
    void commit_takesEachStepInOrder() {
        commit(coordinator("n1", noting()), "a", "b");
        cluster.runUntil("the end", LIMIT, () -> steps.contains(CommitStep.END));
        assertThat(steps)
                .containsExactly(
                        CommitStep.CREATE,
                        CommitStep.CALL_PREPARE,
                        CommitStep.CALL_PREPARE,
                        CommitStep.DECIDE,
                        CommitStep.CALL_COMMIT,
                        CommitStep.CALL_COMMIT,
                        CommitStep.END);
    }

    @Test
    void refusal_isNotedAndTold() {
        a.voting(Vote.refused("not today"));
        commit(coordinator("n1", noting()), "a", "b");
        cluster.runUntil("the end", LIMIT, () -> steps.contains(CommitStep.END));
        assertThat(steps)
                .startsWith(CommitStep.CREATE, CommitStep.CALL_PREPARE)
                .endsWith(CommitStep.NOTE_ABORT, CommitStep.CALL_ABORT, CommitStep.END);
    }

    @Test
    void coordinatorDeadAtItsLastResource_isTakenOverAndSettled() {
        Crash crash = new Crash(
                CrashPoint.of("after-commit-one-phase"),
                1,
                () -> cluster.faults().crash("n1"));
        CommitCoordinator first = coordinator("n1", crash);
        coordinator("n2", noting());
        String id = commit(first, "a", "last");
        cluster.runUntil("the end", LIMIT, () -> steps.contains(CommitStep.END));
        assertThat(crash.isDead()).isTrue();
        assertThat(steps)
                .containsExactly(
                        CommitStep.TAKE, CommitStep.SETTLE, CommitStep.DECIDE, CommitStep.CALL_COMMIT, CommitStep.END);
        assertThat(a.state(id)).isEqualTo(State.COMMITTED);
        assertThat(last.state(id)).isEqualTo(State.COMMITTED);
    }

    @Test
    void crashPoints_areFoundByTheirLabels() {
        assertThat(CrashPoint.all()).hasSize(26).doesNotHaveDuplicates();
        for (CrashPoint point : CrashPoint.all()) {
            assertThat(CrashPoint.of(point.label())).isEqualTo(point);
        }
    }

    /** It looks for what is in doubt when it starts, and finds what another is about to tell. */
    @Test
    void coordinatorThatStarts_leavesToAnotherThatLivesWhatItHasDecided() {
        CompletableFuture<Void> told = new CompletableFuture<>();
        CommitCoordinator slow = coordinator("n1", new StepHook() {
            @Override
            public <T extends @Nullable Object> CompletableFuture<T> around(
                    CommitStep step, Supplier<CompletableFuture<T>> call) {
                return step == CommitStep.CALL_COMMIT ? told.thenCompose(now -> call.get()) : call.get();
            }
        });
        String id = commit(slow, "a", "b");
        cluster.runUntil(
                "it is decided",
                LIMIT,
                () -> slow.backlog().stream().anyMatch(summary -> summary.status() == TransactionStatus.COMMITTING));

        coordinator("n2", noting());
        cluster.advance(TTL);
        assertThat(steps).isEmpty();
        assertThat(a.state(id)).isEqualTo(State.PREPARED);

        told.complete(null);
        cluster.runUntil("it is told", LIMIT, () -> a.state(id) == State.COMMITTED);
        assertThat(a.calls()).containsExactly("prepare", "commit");
    }
}
