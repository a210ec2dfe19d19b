package dev.coord.recipes.commit.jdbc;

import dev.coord.FencedException;
import dev.coord.recipes.commit.Branch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Savepoint;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The statements on a branch's row. Each that writes it locks it to the end of the local transaction, which is what makes two
 * transactions at one branch come one after the other; where there is no row yet, the primary key does.
 */
record BranchRows(String table, String domain) {
    private static final String KEY = " where domain = ? and participant = ? and transaction_id = ?";

    /** H2, Derby and PostgreSQL tell a duplicate key from other constraints; MySQL and Oracle do not. */
    private static final Set<String> DUPLICATE = Set.of("23505", "23000");

    static final int ROUNDS = 3;

    private record Row(BranchState state, long token) {}

    /** Inserts the row unless it exists; waits if somebody else is about to. */
    boolean insert(Connection connection, Branch branch, BranchState state) throws SQLException {
        // PostgreSQL lets a transaction go on after an error only from a savepoint.
        Savepoint before = connection.setSavepoint();
        String sql = "insert into " + table + " (state, token, changed, domain, participant, transaction_id)"
                + " values (?, ?, current_timestamp, ?, ?, ?)";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, state.name());
            insert.setLong(2, branch.token());
            setKey(insert, 3, branch);
            insert.executeUpdate();
        } catch (SQLException e) {
            if (!isDuplicate(e)) {
                throw e;
            }
            connection.rollback(before);
            return false;
        }
        connection.releaseSavepoint(before);
        return true;
    }

    /** Ends a branch that is tried and was seen by no greater token. */
    boolean end(Connection connection, Branch branch, BranchState state) throws SQLException {
        return end(connection, branch, BranchState.TRIED, state);
    }

    /** Ends a branch that is in the given state and was seen by no greater token. */
    boolean end(Connection connection, Branch branch, BranchState from, BranchState state) throws SQLException {
        String sql = "update " + table + " set state = ?, token = ?, changed = current_timestamp" + KEY
                + " and state = ? and token <= ?";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setString(1, state.name());
            update.setLong(2, branch.token());
            setKey(update, 3, branch);
            update.setString(6, from.name());
            update.setLong(7, branch.token());
            return update.executeUpdate() == 1;
        }
    }

    /**
     * Raises the row's token to the branch's and locks the row.
     *
     * @return what the row says; empty if there is none
     * @throws FencedException if its token is greater
     */
    Optional<BranchState> claim(Connection connection, Branch branch) throws SQLException {
        for (int round = 0; round < ROUNDS; round++) {
            boolean raised = raise(connection, branch);
            Optional<Row> row = read(connection, branch);
            if (raised || row.isEmpty()) {
                return row.map(Row::state);
            }
            if (row.get().token() > branch.token()) {
                throw new FencedException("token " + branch.token() + " for " + branch.transaction() + "/"
                        + branch.participant() + " is too old: " + row.get().token()
                        + " was seen before; roll back");
            }
            // Somebody else has inserted the row meanwhile: now it is there to be updated.
        }
        throw invisible(branch);
    }

    /** Returns what the row says, whatever its token. */
    Optional<BranchState> find(Connection connection, Branch branch) throws SQLException {
        return read(connection, branch).map(Row::state);
    }

    /** Returns the transactions of a participant's branches that are tried. */
    Set<String> tried(Connection connection, String participant) throws SQLException {
        String sql =
                "select transaction_id from " + table + " where domain = ? and participant = ? and state = 'TRIED'";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, domain);
            select.setString(2, participant);
            Set<String> found = new HashSet<>();
            try (ResultSet each = select.executeQuery()) {
                while (each.next()) {
                    found.add(each.getString(1));
                }
            }
            return found;
        }
    }

    SQLTransientException invisible(Branch branch) {
        return new SQLTransientException("the row of " + branch + " in " + table
                + " is there, but not to be seen by this transaction; roll back and run it again");
    }

    private boolean raise(Connection connection, Branch branch) throws SQLException {
        String sql = "update " + table + " set token = ?" + KEY + " and token <= ?";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setLong(1, branch.token());
            setKey(update, 2, branch);
            update.setLong(5, branch.token());
            return update.executeUpdate() == 1;
        }
    }

    private Optional<Row> read(Connection connection, Branch branch) throws SQLException {
        String sql = "select state, token from " + table + KEY;
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            setKey(select, 1, branch);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next()
                        ? Optional.of(new Row(BranchState.valueOf(rows.getString(1)), rows.getLong(2)))
                        : Optional.empty();
            }
        }
    }

    private void setKey(PreparedStatement statement, int from, Branch branch) throws SQLException {
        statement.setString(from, domain);
        statement.setString(from + 1, branch.participant());
        statement.setString(from + 2, branch.transaction());
    }

    private static boolean isDuplicate(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && DUPLICATE.contains(state);
    }
}
