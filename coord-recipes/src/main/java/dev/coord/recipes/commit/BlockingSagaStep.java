package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Value;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A {@link SagaStep} whose methods block. The rules are the same; what a method throws is a failure of the call. */
public interface BlockingSagaStep {

    /**
     * Does the step's work: see {@link SagaStep#act}.
     *
     * @param call which step of which saga
     * @return what later steps are to know, {@link Value#EMPTY} for nothing
     * @throws StepRefusedException if it never will be possible
     * @throws Exception if it is not known whether it was done; it is tried again, so often
     */
    Value act(StepCall call) throws Exception;

    /**
     * Undoes the step's work: see {@link SagaStep#compensate}.
     *
     * @param call which step of which saga
     * @throws Exception if it is not known whether that was done; it is tried again
     */
    void compensate(StepCall call) throws Exception;

    /**
     * Returns this as a step.
     *
     * @param executor runs the calls, which may block: with fewer threads than calls, calls wait for each other
     * @return the step
     */
    default SagaStep on(Executor executor) {
        requireNonNull(executor, "executor");
        BlockingSagaStep blocking = this;
        return new SagaStep() {
            @Override
            public CompletableFuture<Value> act(StepCall call) {
                return Blocking.call(executor, () -> blocking.act(call));
            }

            @Override
            public CompletableFuture<Void> compensate(StepCall call) {
                return Blocking.call(executor, () -> {
                    blocking.compensate(call);
                    return null;
                });
            }
        };
    }
}
