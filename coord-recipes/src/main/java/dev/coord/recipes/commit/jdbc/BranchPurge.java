package dev.coord.recipes.commit.jdbc;

import dev.coord.recipes.commit.TransactionStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/** Deletes old rows. A page that has only rows which must stay ends it, so it needs no order of rows and no index. */
record BranchPurge(BranchRows rows, DataSource database, Duration age, BranchTable.StatusLookup status) {
    static final int PAGE = 1000;
    private static final String OLD = " where domain = ? and state <> 'TRIED' and changed <= ?";

    int run() throws Exception {
        int all = 0;
        for (int last = -1; last != 0; all += last) {
            last = LocalTransaction.run(database, this::deletePage, deleted -> true);
        }
        return all;
    }

    private int deletePage(Connection connection) throws Exception {
        Optional<Timestamp> now = now(connection);
        if (now.isEmpty()) {
            return 0;
        }
        Timestamp before = new Timestamp(now.get().getTime() - age.toMillis());
        int deleted = 0;
        for (String transaction : old(connection, before)) {
            if (hasEnded(status.status(transaction))) {
                deleted += delete(connection, before, transaction);
            }
        }
        return deleted;
    }

    /** By the database's clock; without rows there is no need of it, and no portable way to ask. */
    private Optional<Timestamp> now(Connection connection) throws SQLException {
        String sql = "select current_timestamp from " + rows.table();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setMaxRows(1);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(row.getTimestamp(1)) : Optional.empty();
            }
        }
    }

    private Set<String> old(Connection connection, Timestamp before) throws SQLException {
        String sql = "select transaction_id from " + rows.table() + OLD;
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setMaxRows(PAGE);
            select.setString(1, rows.domain());
            select.setTimestamp(2, before);
            Set<String> found = new HashSet<>();
            try (ResultSet each = select.executeQuery()) {
                while (each.next()) {
                    found.add(each.getString(1));
                }
            }
            return found;
        }
    }

    private int delete(Connection connection, Timestamp before, String transaction) throws SQLException {
        String sql = "delete from " + rows.table() + OLD + " and transaction_id = ?";
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setString(1, rows.domain());
            delete.setTimestamp(2, before);
            delete.setString(3, transaction);
            return delete.executeUpdate();
        }
    }

    private static boolean hasEnded(TransactionStatus status) {
        return switch (status) {
            case COMMITTED, ABORTED, FORGOTTEN -> true;
            case PREPARING, COMMITTING, ABORTING -> false;
        };
    }
}
