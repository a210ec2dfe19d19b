package dev.coord.recipes.commit.jdbc;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Value;
import dev.coord.recipes.commit.BlockingSagaStep;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.StepCall;
import dev.coord.recipes.commit.StepRefusedException;
import dev.coord.recipes.commit.jdbc.BranchTable.Step;
import java.sql.Connection;
import javax.sql.DataSource;

/**
 * An application's {@link SagaWork} as a step of a saga: its action and its compensation are each one local transaction, with the
 * step's row of {@link BranchTable}. Safe for use by any thread; each call takes a connection of the database and gives it back.
 *
 * <p><b>What the row takes care of</b>
 * <ul>
 *   <li><em>idempotence</em>: what was done before is not done again, and answers as it did;
 *   <li><em>empty compensation</em>: of what was never done the application is not called, and it is marked;
 *   <li><em>hanging</em>: an action that arrives after its compensation finds the mark and is refused;
 *   <li><em>two at once</em>: one waits for the other's local transaction, by the row's lock or key;
 *   <li><em>a former coordinator</em>: what comes with a token that is smaller than the greatest seen of the step is refused with
 *       {@link dev.coord.FencedException}.
 * </ul>
 *
 * <p>The row of a step that was done stays as it is when the saga ends; {@link BranchTable#purge} deletes it when it is old.
 */
public final class JdbcSagaStep implements BlockingSagaStep {
    private final DataSource database;
    private final SagaRows rows;
    private final SagaWork application;

    private JdbcSagaStep(DataSource database, SagaRows rows, SagaWork application) {
        this.database = database;
        this.rows = rows;
        this.application = application;
    }

    /**
     * Returns the step.
     *
     * @param database where the application's tables and the branch table are
     * @param table the branches, of the coordinators' domain
     * @param application what is done
     * @return the step; {@link #on} makes it one for the definition
     */
    public static JdbcSagaStep of(DataSource database, BranchTable table, SagaWork application) {
        return new JdbcSagaStep(
                requireNonNull(database, "database"),
                new SagaRows(table.rows()),
                requireNonNull(application, "application"));
    }

    @Override
    public Value act(StepCall call) throws Exception {
        return LocalTransaction.run(database, connection -> act(connection, call), result -> true);
    }

    private Value act(Connection connection, StepCall call) throws Exception {
        Step step = rows.act(connection, branch(call));
        if (step == Step.REFUSED) {
            throw new StepRefusedException(call + " comes after its compensation");
        }
        return GuardedConnection.within(connection, view -> {
            if (step == Step.PROCEED) {
                application.act(view, call);
            }
            return application.result(view, call);
        });
    }

    @Override
    public void compensate(StepCall call) throws Exception {
        LocalTransaction.run(database, connection -> compensate(connection, call), step -> true);
    }

    private Step compensate(Connection connection, StepCall call) throws Exception {
        Step step = rows.compensate(connection, branch(call));
        if (step != Step.PROCEED) {
            return step;
        }
        return GuardedConnection.within(connection, view -> {
            application.compensate(view, call);
            return step;
        });
    }

    private static Branch branch(StepCall call) {
        return new Branch(call.saga(), call.step(), call.token(), call.input());
    }

    @Override
    public String toString() {
        return "JdbcSagaStep(" + rows.rows().table() + ", " + rows.rows().domain() + ")";
    }
}
