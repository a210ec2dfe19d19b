package dev.coord.recipes.commit.xa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.coord.Coord;
import dev.coord.recipes.commit.CommitCoordinator;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.MemoryParticipant;
import dev.coord.recipes.commit.TransactionAbortedException;
import dev.coord.recipes.commit.TransactionStatus;
import dev.coord.recipes.postgres.PostgresServer;
import dev.coord.testkit.CoordExtension;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.derby.jdbc.EmbeddedXADataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two databases of different makers in one transaction, on three real peers. */
@Timeout(120)
class DerbyAndPostgresTest {
    private static final String DATABASE = "derbyandpostgres";
    private static final String PATH = "/commit/two";

    @RegisterExtension
    static final CoordExtension cluster = CoordExtension.peers(3);

    @TempDir
    private static Path directory;

    private static PostgresServer server;

    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final MemoryParticipant third = new MemoryParticipant();

    @BeforeAll
    static void startServer() {
        System.setProperty("derby.stream.error.file", "target/derby.log");
        server = PostgresServer.sharedOrSkip();
    }

    @BeforeEach
    void createAccounts() throws SQLException {
        server.createDatabase(DATABASE);
        for (String url : new String[] {derbyUrl(), postgresUrl()}) {
            run(url, "create table account (balance bigint not null check (balance >= 0))");
            run(url, "insert into account values (1000)");
        }
    }

    @AfterEach
    void drop() throws SQLException {
        executor.shutdownNow();
        run(derbyUrl(), "drop table account");
        server.dropDatabase(DATABASE);
    }

    private static String derbyUrl() {
        return "jdbc:derby:" + directory.resolve("two") + ";create=true";
    }

    private static String postgresUrl() {
        return server.url(DATABASE);
    }

    private static void run(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long balance(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select balance from account")) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        }
    }

    /** A process: its participants and its coordinator. */
    private final class Teller implements AutoCloseable {
        final XaParticipant derby;
        final XaParticipant postgres;
        final CommitCoordinator coordinator;

        Teller(Coord coord) {
            EmbeddedXADataSource source = new EmbeddedXADataSource();
            source.setDatabaseName(directory.resolve("two").toString());
            derby = XaParticipant.builder("derby", PATH, source).build();
            postgres = XaParticipant.builder("postgres", PATH, server.xaDataSource(DATABASE))
                    .build();
            coordinator = CommitCoordinator.on(coord, PATH)
                    .participant("derby", derby.on(executor))
                    .participant("postgres", postgres.on(executor))
                    .participant("third", third)
                    .timeout(Duration.ofSeconds(5))
                    .start();
        }

        GlobalTransaction move(long amount) throws SQLException {
            GlobalTransaction transaction = coordinator.begin();
            try (Connection from = derby.connection(transaction);
                    Connection to = postgres.connection(transaction);
                    Statement less = from.createStatement();
                    Statement more = to.createStatement()) {
                more.executeUpdate("update account set balance = balance + " + amount);
                less.executeUpdate("update account set balance = balance - " + amount);
                return transaction;
            } catch (SQLException e) {
                transaction.close();
                throw e;
            }
        }

        @Override
        public void close() {
            coordinator.close();
            derby.close();
            postgres.close();
        }
    }

    private Coord coord(int peer) {
        return cluster.cluster().coord(cluster.cluster().ids().get(peer));
    }

    @Test
    void transfer_movesAtBothOrAtNone() throws Exception {
        try (Teller teller = new Teller(coord(0))) {
            GlobalTransaction moved = teller.move(400);
            moved.commit();
            assertThat(balance(derbyUrl())).isEqualTo(600);
            assertThat(balance(postgresUrl())).isEqualTo(1_400);

            assertThat(catchThrowable(() -> teller.move(601))).isInstanceOf(SQLException.class);
            cluster.cluster().runUntil(() -> teller.postgres.openBranches() + teller.derby.openBranches() == 0);
            assertThat(balance(derbyUrl())).isEqualTo(600);
            assertThat(balance(postgresUrl())).isEqualTo(1_400);
        }
    }

    @Test
    void coordinatorThatDies_leavesNoLock_andNoHalf() throws Exception {
        third.before(call -> call.equals("prepare") ? new CompletableFuture<>() : null);
        Coord dying = cluster.cluster().open(cluster.cluster().ids().get(0), Duration.ofSeconds(1));
        try (Teller former = new Teller(dying);
                Teller heir = new Teller(coord(1))) {
            GlobalTransaction transaction = former.move(100);
            transaction.enlist("third");
            CompletableFuture<Void> commit = transaction.commitAsync();
            cluster.cluster()
                    .runUntil(
                            "both databases are in doubt",
                            Duration.ofSeconds(30),
                            () -> heir.derby.recover().contains(transaction.id())
                                    && heir.postgres.recover().contains(transaction.id()));
            dying.close();
            assertThat(catchThrowable(() -> cluster.cluster().await(commit)))
                    .isInstanceOf(TransactionAbortedException.class);
            cluster.cluster()
                    .runUntil(
                            "nobody is in doubt",
                            Duration.ofSeconds(30),
                            () -> heir.derby.recover().isEmpty()
                                    && heir.postgres.recover().isEmpty());
            run(derbyUrl(), "update account set balance = balance - 1");
            run(postgresUrl(), "update account set balance = balance + 1");
            assertThat(balance(derbyUrl()) + balance(postgresUrl())).isEqualTo(2_000);
            assertThat(balance(derbyUrl())).isEqualTo(999);
            assertThat(heir.coordinator.status(transaction.id()))
                    .isIn(TransactionStatus.ABORTING, TransactionStatus.ABORTED);
        }
    }
}
