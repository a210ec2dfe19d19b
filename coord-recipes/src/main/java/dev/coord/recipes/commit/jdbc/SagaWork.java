package dev.coord.recipes.commit.jdbc;

import dev.coord.kv.Value;
import dev.coord.recipes.commit.StepCall;
import java.sql.Connection;

/**
 * What an application does in a step of a saga, in one local transaction, and how it undoes that later in another.
 *
 * <p><b>What it need not care for.</b> Each method is called within a local transaction that also writes the step's row of
 * {@link BranchTable}, and only if the row says that it is its turn: {@code act} at most once and never after the step was compensated;
 * {@code compensate} at most once and only after {@code act}. "Once" counts what is committed: where a local transaction was rolled back
 * or its end is unknown, the call comes again and finds either everything or nothing done. So code that only uses the given
 * connection needs no checks of its own; what it does elsewhere may happen twice.
 *
 * <p><b>What it must take care of.</b> What {@code act} has done is visible to all at once, and may be built upon before it is undone;
 * {@code compensate} must be possible all the same, however late. The connection refuses to commit, to roll back and to close; its
 * statements and savepoints are the method's own. The methods are called on the step's executor and may block.
 */
public interface SagaWork {

    /**
     * Does the work.
     *
     * @param connection within the local transaction that is committed if {@link #result} returns
     * @param call what to do: {@link StepCall#input()}, {@link StepCall#results()}
     * @throws dev.coord.recipes.commit.StepRefusedException if it never will be possible; rolled back, and the saga is compensated
     * @throws Exception if it cannot be done now; rolled back and tried again, so often
     */
    void act(Connection connection, StepCall call) throws Exception;

    /**
     * Undoes the work.
     *
     * @param connection within the local transaction that is committed if this returns
     * @param call as it was done
     * @throws Exception if it cannot be done now; rolled back and tried again
     */
    void compensate(Connection connection, StepCall call) throws Exception;

    /**
     * Returns what later steps are to know, from the database: called after {@link #act}, and instead of it if the work was done before
     * and only the answer was lost.
     *
     * @param connection within a local transaction in which the work is done
     * @param call as it was done
     * @return the same at each call; {@link Value#EMPTY} unless overridden
     * @throws Exception if it cannot be read now; rolled back and tried again, so often
     */
    default Value result(Connection connection, StepCall call) throws Exception {
        return Value.EMPTY;
    }
}
