package dev.coord.examples.upload;

import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.OnePhaseParticipant;
import dev.coord.recipes.commit.jdbc.BranchTable;
import dev.coord.recipes.commit.jdbc.JdbcLastResource;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The rows of the documents, in a database without XA, as one process sees it. Thread-safe. */
final class Rows {
    static final String NAME = "rows";
    private static final BranchTable BRANCHES = BranchTable.standard(Office.PATH);

    private final Connections connections;
    private final JdbcLastResource resource;

    Rows(String url) {
        connections = new Connections(url);
        resource = JdbcLastResource.of(NAME, connections, BRANCHES);
    }

    void create() throws SQLException {
        try (Connection connection = connections.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table document (name varchar(100) primary key, size bigint not null)");
            statement.execute(BRANCHES.ddl());
        }
    }

    /** Inserts a row as part of a transaction. */
    void insert(GlobalTransaction transaction, String name, long size) throws SQLException {
        try (PreparedStatement insert =
                resource.connection(transaction).prepareStatement("insert into document values (?, ?)")) {
            insert.setString(1, name);
            insert.setLong(2, size);
            insert.executeUpdate();
        }
    }

    /** Returns the documents that there are rows of, with their sizes in bytes. */
    Map<String, Long> list() throws SQLException {
        Map<String, Long> found = new TreeMap<>();
        try (Connection connection = connections.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select name, size from document")) {
            while (rows.next()) {
                found.put(rows.getString(1), rows.getLong(2));
            }
        }
        return found;
    }

    OnePhaseParticipant participant() {
        return resource.onePhaseOn(Runnable::run);
    }

    /** Breaks all connections, as the operating system does when a process is gone. */
    void disconnect() throws SQLException {
        connections.close();
    }

    /** Remembers what it has given out. */
    private static final class Connections implements DataSource, AutoCloseable {
        private final String url;
        private final Queue<Connection> open = new ConcurrentLinkedQueue<>();

        Connections(String url) {
            this.url = url;
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = DriverManager.getConnection(url);
            open.add(connection);
            return connection;
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            throw new SQLException("no users here");
        }

        @Override
        public void close() throws SQLException {
            for (Connection connection : open) {
                connection.close();
            }
        }

        @Override
        public @Nullable PrintWriter getLogWriter() {
            return null;
        }

        @Override
        public void setLogWriter(@Nullable PrintWriter out) {
            // Nothing is logged.
        }

        @Override
        public void setLoginTimeout(int seconds) {
            // In this process there is nothing to wait for.
        }

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getGlobal();
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLException("not a wrapper");
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }
}
