package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.recipes.commit.CommitCoordinator;
import dev.coord.recipes.commit.IndeterminateCommitException;
import dev.coord.recipes.commit.SagaAbortedException;
import dev.coord.recipes.commit.SagaRun;
import dev.coord.recipes.commit.StepCall;
import dev.coord.recipes.commit.TransactionStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sagas whose coordinator dies, on any cluster. */
abstract class SagaTakeoverContract extends SagaContract {
    private static final int VICTIM = 2;

    /** How a coordinator ends. */
    enum Death {
        ISOLATE,
        CRASH,
        CLOSE_COORDINATOR,
        CLOSE_SESSION
    }

    /** Every call of a saga that runs through, and of one that its last step refuses; before it has an effect, and after. */
    static Stream<Arguments> points() {
        List<Arguments> points = new ArrayList<>();
        int turn = 0;
        for (boolean refuses : new boolean[] {false, true}) {
            List<String> calls = new ArrayList<>(List.of("act a", "act b", "act c"));
            if (refuses) {
                calls.addAll(List.of("undo c", "undo b", "undo a"));
            }
            for (String call : calls) {
                for (boolean after : new boolean[] {false, true}) {
                    if (!refuses || !after || !call.equals("act c")) { // which refuses before it has an effect
                        points.add(Arguments.of(Death.values()[turn++ % 4], refuses, call, after));
                        points.add(Arguments.of(Death.values()[turn++ % 4], refuses, call, after));
                    }
                }
                turn++; // so that each call meets each death
            }
        }
        return points.stream();
    }

    private void die(Death death, Coord session, CommitCoordinator coordinator) {
        String victim = cluster().ids().get(VICTIM);
        switch (death) {
            case ISOLATE -> cluster().faults().isolate(victim);
            case CRASH -> cluster().faults().crash(victim);
            case CLOSE_COORDINATOR -> coordinator.closeAsync();
            case CLOSE_SESSION -> session.close();
        }
    }

    /** Holds up the first call of a name, until it is let go. */
    private static final class Hold implements Function<String, @Nullable CompletableFuture<Void>> {
        final CompletableFuture<Void> reached = new CompletableFuture<>();
        final CompletableFuture<Void> go = new CompletableFuture<>();
        private final String name;

        Hold(String name) {
            this.name = name;
        }

        @Override
        public @Nullable CompletableFuture<Void> apply(String call) {
            return call.equals(name) && reached.complete(null) ? go : null;
        }
    }

    @ParameterizedTest
    @MethodSource("points")
    void coordinatorThatDies_isFollowedByAnother_andEachStepCountsOnce(
            Death death, boolean refuses, String call, boolean after) {
        CommitCoordinator heir = coordinator(0);
        String victim = cluster().ids().get(VICTIM);
        Coord session = cluster().open(victim, TTL);
        CommitCoordinator dying = coordinator(session);
        Hold hold = new Hold(call);
        Function<String, @Nullable CompletableFuture<Void>> refusing =
                refuses ? failing("act c", refusal()) : other -> null;
        steps().before(now -> {
            CompletableFuture<Void> held = after ? null : hold.apply(now);
            return held == null ? refusing.apply(now) : held.thenCompose(go -> passed(refusing.apply(now)));
        });
        steps().after(now -> after ? hold.apply(now) : null);
        SagaRun run = start(dying);
        eventually(call, hold.reached::isDone);
        die(death, session, dying);
        List<String> expected = refuses ? undone(2, 3) : STEPS;
        eventually("the end by another", () -> steps().effects(run.id()).equals(expected));
        TransactionStatus wanted = refuses ? TransactionStatus.ABORTED : TransactionStatus.COMMITTED;
        eventually("the status", () -> await(heir.statusAsync(run.id())) == wanted);
        cluster().faults().endAll();
        hold.go.complete(null);
        if (death != Death.CRASH) {
            assertToldTruth(run, refuses);
        }
        aMoment();
        assertThat(steps().effects(run.id())).as("what came late had no effect").isEqualTo(expected);
        List<Long> tokens =
                steps().seen().stream().map(StepCall::token).distinct().toList();
        assertThat(tokens).isSorted();
        assertThat(tokens.size()).isBetween(after ? 2 : 1, 3);
        assertSettled();
    }

    private static CompletableFuture<Void> passed(@Nullable CompletableFuture<Void> next) {
        return next == null ? CompletableFuture.completedFuture(null) : next;
    }

    /** Nobody is told a lie; who cannot know is told that. */
    private void assertToldTruth(SagaRun run, boolean refuses) {
        Throwable told = failure(run.resultAsync());
        assertThat(told)
                .isInstanceOfAny(
                        IndeterminateCommitException.class,
                        refuses ? SagaAbortedException.class : IndeterminateCommitException.class);
        if (told instanceof IndeterminateCommitException unknown) {
            assertThat(unknown.transactionId()).isEqualTo(run.id());
            assertThat(unknown).hasMessageContaining("ask the coordinator's status");
        }
    }

    @Test
    void formerCoordinator_isRefusedByToken_andBeginsNoFurtherStep() {
        CommitCoordinator heir = coordinator(0);
        String victim = cluster().ids().get(VICTIM);
        CommitCoordinator former = coordinator(cluster().open(victim, TTL));
        Hold hold = new Hold("act b");
        steps().before(hold);
        SagaRun run = start(former);
        eventually("b", hold.reached::isDone);
        cluster().faults().isolate(victim);
        eventually("the end", () -> await(heir.statusAsync(run.id())) == TransactionStatus.COMMITTED);
        hold.go.complete(null); // still cut off: it does not know that it was succeeded
        assertThat(steps().calls()).containsExactly("act a", "act b", "act c", "act b fenced");
        assertThat(steps().effects(run.id())).isEqualTo(STEPS);
        cluster().faults().heal();
        assertThat(failure(run.resultAsync())).isInstanceOf(IndeterminateCommitException.class);
        assertThat(steps().calls()).hasSize(4);
        assertSettled();
    }

    @Test
    void fencedCall_isNotTriedAgain_butLeftToWhoeverTakesTheSaga() {
        CommitCoordinator coordinator = coordinator(1);
        boolean[] fences = {true};
        steps().before(call -> {
            if (call.equals("act b") && fences[0]) {
                fences[0] = false;
                return failing(new FencedException("a greater token was seen"));
            }
            return null;
        });
        SagaRun run = start(coordinator);
        assertThat(failure(run.resultAsync()))
                .isInstanceOf(IndeterminateCommitException.class)
                .hasMessageContaining("a greater token was seen");
        eventually("the end", () -> steps().effects(run.id()).equals(STEPS));
        assertSettled();
    }

    @Test
    void heirOfASagaThatIsToBeCompensated_doesNotGoForward_thoughItCould() {
        CommitCoordinator closing = coordinator(1);
        coordinator(0);
        Hold hold = new Hold("undo c");
        boolean[] refuses = {true};
        steps().before(call -> {
            if (call.equals("act c") && refuses[0]) {
                refuses[0] = false;
                return failing(refusal());
            }
            return hold.apply(call);
        });
        SagaRun run = start(closing);
        eventually("c is to be undone", hold.reached::isDone);
        closing.close();
        eventually("the end", () -> steps().effects(run.id()).equals(undone(2, 3)));
        hold.go.complete(null);
        assertSettled();
        assertThat(steps().calls()).doesNotContain("act c");
        assertThat(status(0, run.id())).isEqualTo(TransactionStatus.ABORTED);
    }

    @Test
    void coordinatorThatIsCutOff_beginsNoStepThatTheStoreDoesNotKnowOf() {
        coordinator(0);
        String victim = cluster().ids().get(VICTIM);
        CommitCoordinator former = coordinator(cluster().open(victim, TTL));
        Hold hold = new Hold("act b");
        boolean[] cutOff = {true};
        steps().after(hold);
        steps().before(call -> call.equals("act b") && hold.reached.isDone() && cutOff[0]
                ? new CompletableFuture<>() // the heir does not get to b, either
                : null);
        SagaRun run = start(former);
        eventually("b", hold.reached::isDone);
        cluster().faults().isolate(victim);
        hold.go.complete(null);
        cluster().advance(Duration.ofMillis(500));
        assertThat(steps().calls()).as("its success is not written").containsExactly("act a", "act b");
        cutOff[0] = false;
        eventually("the end", () -> steps().effects(run.id()).equals(STEPS));
        cluster().faults().heal();
        assertSettled();
    }

    @Test
    void closedCoordinator_handsOverAtOnce() {
        CommitCoordinator closing = coordinator(1);
        coordinator(0);
        Hold hold = new Hold("act b");
        steps().before(hold);
        SagaRun run = start(closing);
        eventually("b", hold.reached::isDone);
        closing.close();
        cluster()
                .runUntil(
                        "the end, sooner than by patience",
                        Duration.ofSeconds(5),
                        () -> steps().effects(run.id()).equals(STEPS));
        assertThat(failure(run.resultAsync()))
                .isInstanceOf(IndeterminateCommitException.class)
                .hasMessageContaining("closed");
        assertSettled();
    }

    @Test
    void sagaThatNobodyKnows_waitsForWhoDoes() {
        CommitCoordinator former = coordinator(1);
        CommitCoordinator ignorant =
                coordinator(coord(0), options -> options.saga(trip("journey").build()));
        CommitCoordinator changed = coordinator(
                coord(2),
                options ->
                        options.saga(trip("trip").step("d", steps().step("d")).build()));
        Hold hold = new Hold("act b");
        steps().before(hold);
        SagaRun run = start(former);
        eventually("b", hold.reached::isDone);
        former.close();
        cluster().advance(Duration.ofSeconds(2));
        assertThat(await(ignorant.statusAsync(run.id()))).isEqualTo(TransactionStatus.PREPARING);
        assertThat(changed.backlog()).singleElement().satisfies(one -> {
            assertThat(one.pending()).containsExactly("b", "c");
            assertThat(one.here()).isFalse();
        });
        assertThat(steps().calls()).containsExactly("act a");
        coordinator(1);
        eventually("the end", () -> steps().effects(run.id()).equals(STEPS));
        assertSettled();
    }

    @Test
    void coordinatorThatIsStuck_isSucceeded() {
        CommitCoordinator stuck = coordinator(
                coord(1),
                options -> options.saga(trip("trip")
                        .attempts(1)
                        .callTimeout(Duration.ofSeconds(2))
                        .build()));
        coordinator(0);
        boolean[] stays = {true};
        steps().before(call -> {
            if (call.equals("act c")) {
                return failing(refusal());
            }
            return stays[0] && call.equals("undo b") ? failing(new IllegalStateException("unreachable")) : null;
        });
        SagaRun run = start(stuck);
        assertThat(failure(run.resultAsync())).isInstanceOf(IndeterminateCommitException.class);
        stays[0] = false;
        eventually("the end", () -> steps().effects(run.id()).equals(undone(2, 3)));
        assertSettled();
    }

    @Test
    void storeWithoutQuorum_stopsTheSagaBetweenSteps_untilItIsBack() {
        CommitCoordinator coordinator = coordinator(0);
        await(start(coordinator).resultAsync());
        int before = steps().calls().size();
        boolean[] cut = {false};
        steps().after(call -> {
            if (call.equals("act a") && !cut[0]) {
                cut[0] = true;
                cluster().faults().isolate(cluster().ids().get(0));
            }
            return null;
        });
        SagaRun run = start(coordinator);
        eventually("a", () -> cut[0]);
        cluster().advance(Duration.ofSeconds(1));
        assertThat(steps().calls()).hasSize(before + 1);
        cluster().faults().heal();
        eventually(
                "the end",
                () -> steps().effects(run.id()).equals(STEPS)
                        || run.resultAsync().isDone());
        coordinator(1);
        eventually("the end", () -> steps().effects(run.id()).equals(STEPS));
        assertSettled();
    }
}
