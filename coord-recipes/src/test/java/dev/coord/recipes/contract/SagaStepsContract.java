package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.LimitExceededException;
import dev.coord.kv.Value;
import dev.coord.recipes.commit.CommitCoordinator;
import dev.coord.recipes.commit.CommitListener;
import dev.coord.recipes.commit.SagaAbortedException;
import dev.coord.recipes.commit.SagaDefinition;
import dev.coord.recipes.commit.SagaRun;
import dev.coord.recipes.commit.SagaStep;
import dev.coord.recipes.commit.StepCall;
import dev.coord.recipes.commit.TransactionStatus;
import dev.coord.recipes.commit.TransactionSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sagas whose coordinator lives, on any cluster. */
abstract class SagaStepsContract extends SagaContract {

    @Test
    void allSteps_happenInOrder_andKnowWhatWasReturnedBefore() throws Exception {
        SagaRun run = start(coordinator(0));
        Map<String, Value> result = run.result();
        assertThat(List.copyOf(result.entrySet()))
                .containsExactly(
                        Map.entry("a", Value.of("a!")), Map.entry("b", Value.of("b!")), Map.entry("c", Value.of("c!")));
        assertThat(steps().effects(run.id())).isEqualTo(STEPS);
        assertThat(steps().seen()).allSatisfy(call -> {
            assertThat(call.input()).isEqualTo(Value.of("two persons"));
            assertThat(call.saga()).isEqualTo(run.id());
            assertThat(call.attempt()).isOne();
        });
        assertThat(steps().seen())
                .extracting(call -> List.copyOf(call.results().keySet()))
                .containsExactly(List.of(), List.of("a"), List.of("a", "b"));
        assertSettled();
        assertThat(status(1, run.id())).isEqualTo(TransactionStatus.COMMITTED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void refusal_isNotTriedAgain_andCompensatesInReverse(int refusing) {
        int[] refusals = {0};
        steps().before(call -> {
            if (!call.equals("act " + STEPS.get(refusing))) {
                return null;
            }
            refusals[0]++;
            return failing(refusal());
        });
        SagaRun run = start(coordinator(0));
        SagaAbortedException aborted = aborted(run);
        assertThat(aborted)
                .hasMessageContaining(STEPS.get(refusing) + " refused: sold out")
                .hasRootCauseMessage("sold out");
        assertThat(aborted.step()).contains(STEPS.get(refusing));
        assertThat(aborted.sagaId()).isEqualTo(run.id());
        assertThat(steps().effects(run.id())).isEqualTo(undone(refusing, refusing + 1));
        assertThat(refusals[0]).isOne();
        assertSettled();
        assertThat(status(1, run.id())).isEqualTo(TransactionStatus.ABORTED);
    }

    @Test
    void failure_isTriedAgain_andTheListenerTold() throws Exception {
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        CommitCoordinator coordinator = coordinator(
                coord(0),
                options -> options.saga(trip("trip").build()).listener(new CommitListener() {
                    @Override
                    public void onRetry(String transaction, String participant, Throwable failure) {
                        told.add(participant + " " + failure.getMessage());
                    }

                    @Override
                    public void onDecided(String transaction, boolean committed, Duration sinceCommit) {
                        told.add("decided " + committed);
                    }

                    @Override
                    public void onResolved(String transaction, boolean committed) {
                        told.add("resolved " + committed);
                    }
                }));
        int[] failures = {2};
        steps().before(call ->
                call.equals("act b") && failures[0]-- > 0 ? failing(new IllegalStateException("busy")) : null);
        SagaRun run = start(coordinator);
        run.result();
        assertThat(steps().effects(run.id())).isEqualTo(STEPS);
        assertThat(steps().seen()).extracting(StepCall::attempt).containsExactly(1, 3, 1);
        eventually("all told", () -> told.size() == 4);
        assertThat(told).containsExactly("b busy", "b busy", "decided true", "resolved true");
    }

    @Test
    void failureTooOften_compensatesAlsoWhatNeverHappened() {
        int[] tried = {0};
        steps().before(call -> {
            if (!call.equals("act b")) {
                return null;
            }
            tried[0]++;
            return failing(new IllegalStateException("busy"));
        });
        SagaRun run = start(coordinator(0));
        assertThat(aborted(run)).hasMessageContaining("b failed: busy");
        assertThat(tried[0]).isEqualTo(3);
        assertThat(steps().effects(run.id())).containsExactly("a", "0b", "-a");
    }

    @Test
    void answersThatAreLost_countAsFailures_andWhatHappenedIsUndone() {
        steps().after(failing("act b", new IllegalStateException("lost")));
        SagaRun run = start(coordinator(0));
        assertThat(aborted(run)).hasMessageContaining("b failed: lost");
        assertThat(steps().effects(run.id())).containsExactly("a", "b", "-b", "-a");
        assertThat(steps().calls()).containsExactly("act a", "act b", "act b", "act b", "undo b", "undo a");
    }

    @Test
    void callThatHangs_isGivenUpByTime_andHasNoEffectWhenItArrivesAfterItsCompensation() {
        CompletableFuture<Void> hanging = new CompletableFuture<>();
        steps().before(call -> call.equals("act b") ? hanging : null);
        SagaRun run = start(coordinator(0));
        assertThat(aborted(run)).hasMessageContaining("b failed: no answer from b in PT1S");
        hanging.complete(null);
        aMoment();
        assertThat(steps().effects(run.id())).containsExactly("a", "0b", "-a");
        assertThat(steps().calls()).containsExactly("act a", "undo b", "undo a", "act b", "act b", "act b");
        assertSettled();
    }

    @Test
    void answerThatComesLate_isNotTakenForTheNextSteps() {
        CompletableFuture<Void> late = new CompletableFuture<>();
        CompletableFuture<Void> held = new CompletableFuture<>();
        boolean[] reached = {false, false};
        steps().after(call -> {
            if (call.equals("act b") && !reached[0]) {
                reached[0] = true;
                return late;
            }
            if (call.equals("act c") && !reached[1]) {
                reached[1] = true;
                late.complete(null);
                return held;
            }
            return null;
        });
        SagaRun run = start(coordinator(0));
        eventually("c", () -> reached[1]);
        aMoment();
        assertThat(run.resultAsync()).isNotDone();
        held.complete(null);
        assertThat(await(run.resultAsync())).containsEntry("c", Value.of("c!"));
    }

    @Test
    void compensationThatFails_isMadeAgainForEver_andTheBacklogTells() {
        CommitCoordinator coordinator = coordinator(0);
        boolean[] down = {true};
        steps().before(call -> {
            if (call.equals("act c")) {
                return failing(refusal());
            }
            return down[0] && call.equals("undo b") ? failing(new IllegalStateException("down")) : null;
        });
        SagaRun run = start(coordinator);
        eventually(
                "a trouble",
                () -> coordinator.backlog().stream()
                        .anyMatch(one -> one.trouble().orElse("").contains("down")));
        cluster().advance(Duration.ofSeconds(2));
        eventually("the status", () -> coordinator.backlog().get(0).status() == TransactionStatus.ABORTING);
        assertThat(coordinator.backlog()).singleElement().satisfies(one -> {
            assertThat(one.pending()).containsExactly("b", "a");
            assertThat(one.here()).isTrue();
        });
        assertThat(run.resultAsync()).isNotDone();
        CommitCoordinator other = coordinator(1);
        eventually(
                "a sight",
                () -> other.backlog().stream().map(TransactionSummary::pending).anyMatch(List.of("b", "a")::equals));
        down[0] = false;
        assertThat(aborted(run).step()).contains("c");
        assertThat(steps().effects(run.id())).containsExactly("a", "b", "0c", "-b", "-a");
        assertSettled();
        eventually("an empty backlog", () -> coordinator.backlog().isEmpty());
    }

    @Test
    void resultThatIsTooLarge_compensates() {
        SagaStep large = new SagaStep() {
            @Override
            public CompletableFuture<Value> act(StepCall call) {
                return CompletableFuture.completedFuture(Value.of(new byte[SagaDefinition.MAX_BYTES]));
            }

            @Override
            public CompletableFuture<Void> compensate(StepCall call) {
                return steps().step("large").compensate(call);
            }
        };
        CommitCoordinator coordinator = coordinator(
                coord(0),
                options -> options.saga(trip("trip").step("large", large).build()));
        SagaRun run = start(coordinator);
        assertThat(aborted(run)).hasCauseInstanceOf(LimitExceededException.class);
        assertThat(steps().effects(run.id())).containsExactly("a", "b", "c", "0large", "-c", "-b", "-a");
    }

    @Test
    void stepThatReturnsNothing_orThrows_countsAsFailed() {
        SagaStep broken = new SagaStep() {
            @Override
            public CompletableFuture<Value> act(StepCall call) {
                if (call.attempt() == 1) {
                    return CompletableFuture.completedFuture(nothing());
                }
                throw new IllegalStateException("thrown");
            }

            @Override
            public CompletableFuture<Void> compensate(StepCall call) {
                return CompletableFuture.completedFuture(null);
            }
        };
        CommitCoordinator coordinator = coordinator(
                coord(0),
                options -> options.saga(SagaDefinition.named("broken")
                        .step("x", broken)
                        .attempts(2)
                        .build()));
        assertThat(aborted(coordinator.startSaga("broken", Value.EMPTY))).hasRootCauseMessage("thrown");
    }

    @Test
    void manyAtOnce_allEnd() {
        List<CommitCoordinator> all = List.of(coordinator(0), coordinator(1), coordinator(2));
        List<SagaRun> runs = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            runs.add(start(all.get(i % 3)));
        }
        for (SagaRun run : runs) {
            await(run.resultAsync());
            assertThat(steps().effects(run.id())).isEqualTo(STEPS);
        }
        assertSettled();
    }

    @Test
    void misuse_isRefused() {
        CommitCoordinator coordinator = coordinator(
                coord(0), options -> options.saga(trip("trip").build()).maxTransactions(1));
        assertThatThrownBy(() -> coordinator.startSaga("trap", Value.EMPTY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no saga 'trap' here; there are [trip]");
        assertThatThrownBy(() -> coordinator.startSaga("trip", Value.of(new byte[SagaDefinition.MAX_BYTES + 1])))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("more than 262144 bytes");
        assertThatThrownBy(() -> CommitCoordinator.on(coord(0), path())
                        .saga(trip("trip").build())
                        .saga(trip("trip").build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("registered twice");
        steps().before(call -> new CompletableFuture<>());
        SagaRun run = start(coordinator);
        assertThatThrownBy(() -> start(coordinator))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("try it later");
        run.resultAsync().cancel(false);
        assertThat(run.resultAsync()).isNotDone();
        coordinator.close();
        assertThatThrownBy(() -> start(coordinator)).isInstanceOf(ClosedException.class);
    }
}
