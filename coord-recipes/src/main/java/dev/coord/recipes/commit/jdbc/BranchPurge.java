package dev.coord.recipes.commit.jdbc;

import dev.coord.CoordException;
import dev.coord.recipes.commit.TransactionStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Deletes old rows, page by page in the order of the key, so that what must stay hides nothing behind it. The coordinator is asked while
 * no local transaction is open.
 */
record BranchPurge(BranchRows rows, DataSource database, Duration age, BranchTable.StatusLookup status) {
    static final int PAGE = 1000;
    private static final String OLD = " where domain = ? and state <> 'TRIED' and changed <= ?";

    int run() throws Exception {
        Optional<Timestamp> now = LocalTransaction.run(database, this::now, found -> false);
        if (now.isEmpty()) {
            return 0;
        }
        Timestamp before = new Timestamp(now.get().getTime() - age.toMillis());
        int deleted = 0;
        for (List<String> page = page(before, null); !page.isEmpty(); page = page(before, page.get(page.size() - 1))) {
            deleted += delete(before, ended(page));
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

    private List<String> page(Timestamp before, @Nullable String after) throws Exception {
        return LocalTransaction.run(database, connection -> page(connection, before, after), found -> false);
    }

    private List<String> page(Connection connection, Timestamp before, @Nullable String after) throws SQLException {
        String sql = "select distinct transaction_id from " + rows.table() + OLD
                + (after == null ? "" : " and transaction_id > ?") + " order by transaction_id";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setMaxRows(PAGE);
            select.setString(1, rows.domain());
            select.setTimestamp(2, before);
            if (after != null) {
                select.setString(3, after);
            }
            List<String> found = new ArrayList<>();
            try (ResultSet each = select.executeQuery()) {
                while (each.next()) {
                    found.add(each.getString(1));
                }
            }
            return found;
        }
    }

    private List<String> ended(List<String> page) throws Exception {
        List<String> ended = new ArrayList<>();
        for (String transaction : page) {
            try {
                if (hasEnded(status.status(transaction))) {
                    ended.add(transaction);
                }
            } catch (CoordException | InterruptedException e) {
                throw e; // It would be the same with all others.
            } catch (Exception e) {
                // Of this one nothing can be learnt, such as of an id of another path: it stays, and keeps nothing else
                // from going.
            }
        }
        return ended;
    }

    private int delete(Timestamp before, List<String> transactions) throws Exception {
        return LocalTransaction.run(
                database, connection -> delete(connection, before, transactions), deleted -> deleted > 0);
    }

    private int delete(Connection connection, Timestamp before, List<String> transactions) throws SQLException {
        String sql = "delete from " + rows.table() + OLD + " and transaction_id = ?";
        int deleted = 0;
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            for (String transaction : transactions) {
                delete.setString(1, rows.domain());
                delete.setTimestamp(2, before);
                delete.setString(3, transaction);
                deleted += delete.executeUpdate();
            }
        }
        return deleted;
    }

    private static boolean hasEnded(TransactionStatus status) {
        return switch (status) {
            case COMMITTED, ABORTED, FORGOTTEN -> true;
            case PREPARING, COMMITTING, ABORTING -> false;
        };
    }
}
