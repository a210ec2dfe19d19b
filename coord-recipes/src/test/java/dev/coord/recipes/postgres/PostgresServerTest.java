package dev.coord.recipes.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The harness itself: other tests rely on a crash being one. */
@Timeout(120)
class PostgresServerTest {
    private static final String DATABASE = "harness";

    private static PostgresServer server;

    @BeforeAll
    static void create() throws SQLException {
        server = PostgresServer.startOrSkip(new PostgresServer.Options());
        server.createDatabase(DATABASE);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static String ask(Connection connection, String sql) throws SQLException {
        try (ResultSet rows = connection.createStatement().executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Test
    void server_preparesAndForcesToDisk() throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.url(DATABASE))) {
            assertThat(ask(connection, "show max_prepared_transactions")).isEqualTo("256");
            assertThat(ask(connection, "show fsync")).isEqualTo("on");
        }
    }

    @Test
    void crash_breaksConnectionsAndKeepsWhatWasCommitted() throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.url(DATABASE))) {
            connection.createStatement().execute("create table kept (n int)");
            connection.createStatement().execute("insert into kept values (1)");
            connection.setAutoCommit(false);
            connection.createStatement().execute("insert into kept values (2)");

            server.crash();
            assertThatThrownBy(() -> ask(connection, "select 1")).isInstanceOf(SQLException.class);
            server.start();
        }
        try (Connection connection = DriverManager.getConnection(server.url(DATABASE))) {
            assertThat(ask(connection, "select sum(n) from kept")).isEqualTo("1");
        }
    }

    @Test
    void pausedServer_answersOnceItGoesOn() throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.url(DATABASE) + "&socketTimeout=1")) {
            server.pause();
            try {
                assertThatThrownBy(() -> ask(connection, "select 1")).isInstanceOf(SQLException.class);
            } finally {
                server.resume();
            }
        }
        try (Connection connection = DriverManager.getConnection(server.url(DATABASE))) {
            assertThat(ask(connection, "select 1")).isEqualTo("1");
        }
    }

    @Test
    @Timeout(45)
    void closedWhilePaused_stops() throws SQLException {
        PostgresServer server = PostgresServer.startOrSkip(new PostgresServer.Options());
        server.pause();

        server.close();

        assertThatThrownBy(() -> DriverManager.getConnection(server.url("postgres")))
                .hasMessageContaining("refused");
    }
}
