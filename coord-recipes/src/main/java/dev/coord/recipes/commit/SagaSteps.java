package dev.coord.recipes.commit;

import dev.coord.Coord;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * How the steps of a saga are called here.
 *
 * @param definition the saga
 * @param gates bound the calls under way, one for each step
 */
record SagaSteps(SagaDefinition definition, List<Gate> gates) {

    static SagaSteps of(Coord coord, SagaDefinition definition, int maxCalls) {
        List<Gate> gates = new ArrayList<>();
        definition.steps().forEach(step -> gates.add(new Gate(coord, maxCalls)));
        return new SagaSteps(definition, List.copyOf(gates));
    }

    /** Makes the call that is next by the record, when there is room and unless it is too late by then. */
    CompletableFuture<Value> call(SagaRecord record, Hold hold, int attempt, BooleanSupplier isWanted) {
        int step = record.current();
        SagaStep calls = definition.steps().get(step).calls();
        StepCall call = new StepCall(
                hold.id(), record.steps().get(step), hold.token(), attempt, record.input(), record.resultsByStep());
        Gate gate = gates.get(step);
        return record.isForward()
                ? gate.ask(() -> isWanted.getAsBoolean() ? calls.act(call) : givenUp())
                : gate.tell(() ->
                        isWanted.getAsBoolean() ? Async.map(calls.compensate(call), done -> Value.EMPTY) : givenUp());
    }

    private static CompletableFuture<Value> givenUp() {
        return CompletableFuture.failedFuture(new CancellationException("given up before it was called"));
    }
}
