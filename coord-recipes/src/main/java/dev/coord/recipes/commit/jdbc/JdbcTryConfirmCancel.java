package dev.coord.recipes.commit.jdbc;

import static java.util.Objects.requireNonNull;

import dev.coord.recipes.commit.BlockingParticipant;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.Vote;
import dev.coord.recipes.commit.jdbc.BranchTable.Step;
import dev.coord.recipes.commit.jdbc.LocalTransaction.Work;
import java.sql.Connection;
import java.util.Set;
import javax.sql.DataSource;

/**
 * An application's {@link TryConfirmCancel} as a participant of two-phase commit: prepare tries, commit confirms, abort cancels, each in
 * one local transaction with the branch's row of {@link BranchTable}. Safe for use by any thread; each call takes a connection of the
 * database and gives it back.
 *
 * <p><b>What the row takes care of</b> (the cases are those that Apache Seata's documentation names):
 * <ul>
 *   <li><em>idempotence</em>: a call that was done before does nothing, and answers as it did;
 *   <li><em>empty cancel</em>: a branch that was never tried is cancelled without calling the application, and marked;
 *   <li><em>hanging</em>: a try that arrives after the cancel finds the mark and is refused, so nothing stays reserved;
 *   <li><em>contradiction</em>: a confirm of what was cancelled or never tried, and a cancel of what was confirmed, is a
 *       {@link dev.coord.recipes.commit.HeuristicException};
 *   <li><em>two at once</em>: one waits for the other's local transaction, by the row's lock or key;
 *   <li><em>a former coordinator</em>: what comes with a token that is smaller than the greatest seen of the branch is refused with
 *       {@link dev.coord.FencedException}.
 * </ul>
 */
public final class JdbcTryConfirmCancel implements BlockingParticipant {
    private final String participant;
    private final DataSource database;
    private final BranchTable table;
    private final TryConfirmCancel application;

    private JdbcTryConfirmCancel(
            String participant, DataSource database, BranchTable table, TryConfirmCancel application) {
        this.participant = BranchTable.checkName("participant", participant);
        this.database = requireNonNull(database, "database");
        this.table = requireNonNull(table, "table");
        this.application = requireNonNull(application, "application");
    }

    /**
     * Returns the participant.
     *
     * @param participant the name under which the coordinator is given it, 1 to {@value BranchTable#MAX_NAME} characters
     * @param database where the application's tables and the branch table are
     * @param table the branches
     * @param application what is done for a branch
     * @return the participant; {@link #on} makes it one for the coordinator
     * @throws IllegalArgumentException if the name is out of bounds
     */
    public static JdbcTryConfirmCancel of(
            String participant, DataSource database, BranchTable table, TryConfirmCancel application) {
        return new JdbcTryConfirmCancel(participant, database, table, application);
    }

    @Override
    public Vote prepare(Branch branch) throws Exception {
        check(branch);
        return LocalTransaction.run(
                database, connection -> reserve(connection, branch), vote -> vote.kind() == Vote.Kind.PREPARED);
    }

    private Vote reserve(Connection connection, Branch branch) throws Exception {
        Step step = table.tryBranch(connection, branch);
        if (step == Step.PROCEED) {
            return GuardedConnection.within(connection, view -> application.reserve(view, branch));
        }
        return step == Step.REFUSED ? Vote.refused(branch + " was cancelled before it was tried") : Vote.prepared();
    }

    @Override
    public void commit(Branch branch) throws Exception {
        check(branch);
        end(connection -> table.confirm(connection, branch), view -> application.confirm(view, branch));
    }

    @Override
    public void abort(Branch branch) throws Exception {
        check(branch);
        end(connection -> table.cancel(connection, branch), view -> application.cancel(view, branch));
    }

    private void end(Work<Step> mark, End work) throws Exception {
        LocalTransaction.run(
                database,
                connection -> {
                    Step step = mark.run(connection);
                    return step == Step.PROCEED ? GuardedConnection.within(connection, work) : step;
                },
                step -> true);
    }

    @Override
    public Set<String> recover() throws Exception {
        return LocalTransaction.run(database, connection -> table.tried(connection, participant), tried -> true);
    }

    private void check(Branch branch) {
        if (!branch.participant().equals(participant)) {
            throw new IllegalArgumentException(
                    branch + " is not of " + participant + ": give the coordinator and the participant the same name");
        }
    }

    /** What an application does at the end of a branch. */
    private interface End extends Work<Step> {
        void end(Connection connection) throws Exception;

        @Override
        default Step run(Connection connection) throws Exception {
            end(connection);
            return Step.PROCEED;
        }
    }

    @Override
    public String toString() {
        return "JdbcTryConfirmCancel(" + participant + ", " + table + ")";
    }
}
