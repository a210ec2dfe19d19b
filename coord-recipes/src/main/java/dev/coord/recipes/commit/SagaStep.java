package dev.coord.recipes.commit;

import dev.coord.kv.Value;
import java.util.concurrent.CompletableFuture;

/**
 * A step of a saga: an action that takes effect at once, and a compensation that undoes it later. Both are called by any coordinator of
 * the path, at any peer; neither may block (see {@link BlockingSagaStep}).
 *
 * <p><b>At least once.</b> A call may be made again: after a failure or a timeout, also while the former is still on its way, and by a
 * coordinator that has taken the saga over. Calls are told apart by {@link StepCall#saga()} and {@link StepCall#step()} only. A step must
 * see to it that
 * <ul>
 *   <li>an action that was done before has no effect and returns the same (<em>idempotence</em>); a compensation likewise;
 *   <li>a compensation of what never happened succeeds and has no effect (<em>empty compensation</em>): it is called also if it is
 *       not known whether the action happened, and if the action has refused, since a former call may have got through;
 *   <li>an action that arrives after its compensation has no effect (<em>hanging</em>): a compensation leaves a mark, and the action
 *       fails, with anything.
 * </ul>
 *
 * <p>For steps in a database, {@link dev.coord.recipes.commit.jdbc.JdbcSagaStep} does all of it.
 */
public interface SagaStep {

    /**
     * Does the step's work.
     *
     * @param call which step of which saga
     * @return what later steps are to know, {@link Value#EMPTY} for nothing. Failed with {@link StepRefusedException}, it is never
     *     tried again and the saga is compensated; with {@link dev.coord.FencedException}, the caller leaves the saga to whoever has
     *     the greater token; with anything else, it is not known whether it was done, and it is tried again, as often as the
     *     definition {@linkplain SagaDefinition.Builder#attempts says}
     */
    CompletableFuture<Value> act(StepCall call);

    /**
     * Undoes the step's work. It has no way to refuse: it is tried until it succeeds.
     *
     * @param call which step of which saga
     * @return completes when nothing of the step is left and nothing will come. Failed with
     *     {@link dev.coord.FencedException}, the caller leaves the saga to whoever has the greater token
     */
    CompletableFuture<Void> compensate(StepCall call);
}
