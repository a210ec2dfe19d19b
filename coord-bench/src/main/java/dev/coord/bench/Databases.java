package dev.coord.bench;

import dev.coord.recipes.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;
import org.postgresql.xa.PGXADataSource;

/**
 * Databases that take part in distributed transactions, for several processes at once: a PostgreSQL server each, that forces its log, or
 * files of one H2 server.
 */
final class Databases implements AutoCloseable {
    static final String POSTGRESQL = "postgresql";
    static final String H2 = "h2";

    private static final String DATABASE = "bench";

    private final List<String> urls = new ArrayList<>();
    private final List<AutoCloseable> servers = new ArrayList<>();
    private final String kind;

    private Databases(String kind) {
        this.kind = kind;
    }

    /**
     * Starts databases.
     *
     * @param wanted a kind, or empty for the best there is
     * @param count how many
     * @param directory where they may write; PostgreSQL takes one of its own
     */
    static Databases start(String wanted, int count, Path directory) throws SQLException {
        boolean isInstalled = PostgresServer.binaries().isPresent();
        if (wanted.equals(POSTGRESQL) && !isInstalled) {
            throw new IllegalStateException("PostgreSQL is not installed; install postgresql, or let H2 do");
        }
        boolean postgres = wanted.equals(POSTGRESQL) || (wanted.isEmpty() && isInstalled);
        Databases databases = new Databases(postgres ? POSTGRESQL : H2);
        try {
            if (postgres) {
                databases.startPostgres(count);
            } else {
                databases.startH2(count, directory);
            }
            return databases;
        } catch (SQLException | RuntimeException e) {
            databases.close();
            throw e;
        }
    }

    private void startPostgres(int count) throws SQLException {
        for (int i = 0; i < count; i++) {
            PostgresServer server = PostgresServer.start(new PostgresServer.Options()
                    .with("max_connections", "500")
                    .with("max_prepared_transactions", "500"));
            servers.add(server);
            server.createDatabase(DATABASE);
            urls.add(server.url(DATABASE));
        }
    }

    private void startH2(int count, Path directory) throws SQLException {
        Server server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists", "-baseDir", directory.toString());
        server.start();
        servers.add(server::stop);
        for (int i = 0; i < count; i++) {
            // Without WRITE_DELAY=0 it forces its log now and then only.
            urls.add("jdbc:h2:tcp://localhost:" + server.getPort() + "/./" + DATABASE + i
                    + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0;LOCK_TIMEOUT=20000;TRACE_LEVEL_FILE=0");
        }
    }

    String kind() {
        return kind;
    }

    boolean isPostgres() {
        return kind.equals(POSTGRESQL);
    }

    /** Returns the JDBC URL of each, with the user. */
    List<String> urls() {
        return List.copyOf(urls);
    }

    /** Connects to the database of a URL. */
    static Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url);
    }

    /** Returns the driver's data source for the database of a URL. */
    static XADataSource xaDataSource(String url) {
        if (url.startsWith("jdbc:" + H2)) {
            JdbcDataSource source = new JdbcDataSource();
            source.setURL(url);
            return source;
        }
        PGXADataSource source = new PGXADataSource();
        source.setURL(url);
        return source;
    }

    @Override
    public void close() {
        for (AutoCloseable server : servers) {
            try {
                server.close();
            } catch (Exception e) {
                System.err.println("a database server does not stop: " + e);
            }
        }
    }
}
