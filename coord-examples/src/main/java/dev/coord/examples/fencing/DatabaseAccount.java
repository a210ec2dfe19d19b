package dev.coord.examples.fencing;

import dev.coord.recipes.fence.JdbcFenceGuard;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Lives in a database, where the token is checked in the transaction that writes. */
public final class DatabaseAccount implements Account, AutoCloseable {
    private static final JdbcFenceGuard FENCE = JdbcFenceGuard.standard();

    private final String url;
    private final Connection open; // the database is in memory: it lives as long as somebody is connected

    /**
     * Creates the account with a balance of 0.
     *
     * @param url of an empty database
     * @throws SQLException if the database fails
     */
    public DatabaseAccount(String url) throws SQLException {
        this.url = url;
        open = DriverManager.getConnection(url);
        try (Statement statement = open.createStatement()) {
            statement.execute(FENCE.ddl());
            statement.execute("create table account (balance int not null)");
            statement.execute("insert into account values (0)");
        }
    }

    @Override
    public int read() throws SQLException {
        try (Statement statement = open.createStatement();
                ResultSet rows = statement.executeQuery("select balance from account")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    @Override
    public void write(int balance, long token) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            connection.setAutoCommit(false);
            FENCE.check(connection, "account", token); // refused: closing the connection rolls back
            try (PreparedStatement update = connection.prepareStatement("update account set balance = ?")) {
                update.setInt(1, balance);
                update.executeUpdate();
            }
            connection.commit();
        }
    }

    @Override
    public void close() throws SQLException {
        open.close();
    }
}
