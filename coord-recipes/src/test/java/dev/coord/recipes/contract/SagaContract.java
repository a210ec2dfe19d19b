package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.kv.Value;
import dev.coord.recipes.commit.CommitCoordinator;
import dev.coord.recipes.commit.CommitCoordinatorBuilder;
import dev.coord.recipes.commit.MemorySteps;
import dev.coord.recipes.commit.SagaAbortedException;
import dev.coord.recipes.commit.SagaDefinition;
import dev.coord.recipes.commit.SagaRun;
import dev.coord.recipes.commit.StepRefusedException;
import dev.coord.recipes.commit.TransactionStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the contracts of sagas share: a saga of the steps a, b and c, which every peer knows. */
abstract class SagaContract extends RecipeContract {
    static final List<String> STEPS = List.of("a", "b", "c");

    private final List<CommitCoordinator> coordinators = new ArrayList<>();
    private MemorySteps steps = new MemorySteps();

    @BeforeEach
    void begin() {
        steps = new MemorySteps();
    }

    @AfterEach
    void end() {
        cluster().faults().endAll();
        coordinators.forEach(CommitCoordinator::closeAsync);
        coordinators.clear();
    }

    MemorySteps steps() {
        return steps;
    }

    SagaDefinition.Builder trip(String name) {
        SagaDefinition.Builder builder = SagaDefinition.named(name)
                .attempts(3)
                .callTimeout(Duration.ofSeconds(1))
                .longestBackoff(Duration.ofMillis(100));
        STEPS.forEach(step -> builder.step(step, steps.step(step)));
        return builder;
    }

    CommitCoordinator coordinator(Coord coord, UnaryOperator<CommitCoordinatorBuilder> options) {
        CommitCoordinatorBuilder builder = CommitCoordinator.on(coord, path()).scanInterval(Duration.ofMillis(500));
        CommitCoordinator coordinator = options.apply(builder).start();
        coordinators.add(coordinator);
        return coordinator;
    }

    CommitCoordinator coordinator(Coord coord) {
        return coordinator(coord, options -> options.saga(trip("trip").build()));
    }

    CommitCoordinator coordinator(int peer) {
        return coordinator(coord(peer));
    }

    static SagaRun start(CommitCoordinator coordinator) {
        return coordinator.startSaga("trip", Value.of("two persons"));
    }

    TransactionStatus status(int peer, String id) {
        return await(coordinator(peer).statusAsync(id));
    }

    void assertSettled() {
        eventually(
                "no record",
                () -> all(path() + "/~t/").isEmpty() && all(path() + "/~o/").isEmpty());
    }

    /** The first of the steps, and then what undoes them. */
    static List<String> undone(int acted, int compensated) {
        List<String> effects = new ArrayList<>(STEPS.subList(0, acted));
        for (int i = compensated - 1; i >= 0; i--) {
            effects.add((i < acted ? "-" : "0") + STEPS.get(i));
        }
        return effects;
    }

    static CompletableFuture<Void> failing(RuntimeException failure) {
        return CompletableFuture.failedFuture(failure);
    }

    /** Has calls of one name fail. */
    static Function<String, @Nullable CompletableFuture<Void>> failing(String name, RuntimeException failure) {
        return call -> call.equals(name) ? failing(failure) : null;
    }

    static StepRefusedException refusal() {
        return new StepRefusedException("sold out");
    }

    SagaAbortedException aborted(SagaRun run) {
        Throwable failure = failure(run.resultAsync());
        assertThat(failure).isInstanceOf(SagaAbortedException.class);
        return (SagaAbortedException) failure;
    }
}
