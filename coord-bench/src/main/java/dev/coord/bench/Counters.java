package dev.coord.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A contender's table in each database: a row for each worker, that counts what it has committed. */
final class Counters {
    private Counters() {}

    static void create(Connection connection, String table, int rows) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table " + table + " (id int primary key, n bigint not null)");
        }
        try (PreparedStatement insert = connection.prepareStatement("insert into " + table + " values (?, 0)")) {
            for (int i = 0; i < rows; i++) {
                insert.setInt(1, i);
                insert.executeUpdate();
            }
        }
    }

    /** Adds one to a row. */
    static void increment(Connection connection, String table, int row) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("update " + table + " set n = n + 1 where id = ?")) {
            update.setInt(1, row);
            if (update.executeUpdate() != 1) {
                throw new IllegalStateException("no row " + row + " in " + table);
            }
        }
    }

    static long sum(Connection connection, String table) throws SQLException {
        return number(connection, "select sum(n) from " + table);
    }

    /** Returns how many branches of PostgreSQL's are still in doubt. */
    static long inDoubt(Connection connection) throws SQLException {
        return number(connection, "select count(*) from pg_prepared_xacts where database = current_database()");
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
