package dev.coord.recipes.commit.xa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.recipes.commit.Vote;
import dev.coord.recipes.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of branches when the database server dies, or hangs. */
@Timeout(120)
class PostgresCrashXaTest {
    private static PostgresServer server;

    private CountingDataSource counting;
    private XaParticipant participant;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.startOrSkip(new PostgresServer.Options());
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void createTable() throws SQLException {
        execute("drop table if exists account");
        execute("create table account (id int primary key, amount int not null)");
        counting = new CountingDataSource(server.xaDataSource("postgres"));
        participant = XaParticipant.builder("ledger", XaContract.DOMAIN, counting.asDataSource())
                .build();
    }

    @AfterEach
    void closeAndCount() {
        participant.close();
        assertThat(counting.open()).isZero();
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.url("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int sum() throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.url("postgres"));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select coalesce(sum(amount), 0) from account")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private void insert(String transaction, int id, int amount) throws SQLException {
        try (Connection connection = participant.connection(new OneTransaction(transaction));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("insert into account values (" + id + ", " + amount + ")");
        }
    }

    private void insertAndPrepare(String transaction, int id, int amount) throws Exception {
        insert(transaction, id, amount);
        assertThat(participant.prepare(XaContract.branch(transaction, 1)).kind())
                .isEqualTo(Vote.Kind.PREPARED);
    }

    @Test
    void serverKilledAfterPrepare_branchesEndAsDecided() throws Exception {
        insertAndPrepare("t1", 1, 10);
        insertAndPrepare("t2", 2, 100);
        insert("t3", 3, 1000);

        server.crash();
        assertThatThrownBy(() -> participant.commit(XaContract.branch("t1", 1))).isInstanceOf(Exception.class);
        assertThatThrownBy(() -> participant.recover()).isInstanceOf(Exception.class);
        assertThat(participant.openBranches()).isEqualTo(3);
        server.start();

        assertThat(participant.recover()).containsExactlyInAnyOrder("t1", "t2");
        participant.commit(XaContract.branch("t1", 1));
        assertThatThrownBy(() -> participant.abort(XaContract.branch("t2", 1))).isInstanceOf(Exception.class);
        participant.abort(XaContract.branch("t2", 1));
        participant.abort(XaContract.branch("t3", 1));
        assertThat(sum()).isEqualTo(10);
        assertThat(participant.recover()).isEmpty();
        assertThat(participant.openBranches()).isZero();
    }

    @Test
    void serverKilled_keptConnectionsCostOneTransactionAtMost() throws Exception {
        insertAndPrepare("t1", 1, 10);
        insert("t2", 2, 20);
        participant.commit(XaContract.branch("t1", 1));
        participant.abort(XaContract.branch("t2", 1));
        assertThat(participant.idleConnections()).isEqualTo(2);
        server.crash();
        server.start();

        assertThatThrownBy(() -> insert("t3", 3, 1)).isInstanceOf(SQLException.class);
        participant.abort(XaContract.branch("t3", 0));

        assertThat(participant.idleConnections()).isZero();
        insertAndPrepare("t4", 4, 1);
        participant.commit(XaContract.branch("t4", 1));
        assertThat(sum()).isEqualTo(11);
    }

    @Test
    void serverKilledBeforePrepare_countsAsNo_andLeavesNothing() throws Exception {
        insert("t1", 1, 10);
        server.crash();

        assertThatThrownBy(() -> participant.prepare(XaContract.branch("t1", 1)))
                .isInstanceOf(XAException.class);
        assertThat(counting.open()).isZero();
        server.start();

        participant.abort(XaContract.branch("t1", 1));
        assertThat(participant.recover()).isEmpty();
        assertThat(participant.openBranches()).isZero();
        assertThat(sum()).isZero();
    }

    @Test
    void answerToPrepareLost_branchIsFoundAndAborted() throws Exception {
        insert("t1", 1, 10);
        counting.loseNextAnswerTo("prepare");

        assertThatThrownBy(() -> participant.prepare(XaContract.branch("t1", 1)))
                .hasRootCauseMessage("answer lost");

        assertThat(participant.recover()).containsExactly("t1");
        participant.abort(XaContract.branch("t1", 1));
        assertThat(participant.recover()).isEmpty();
        assertThat(sum()).isZero();
    }

    @Test
    void answerToCommitLost_triedAgain_isDone() throws Exception {
        insertAndPrepare("t1", 1, 10);
        counting.loseNextAnswerTo("commit");

        assertThatThrownBy(() -> participant.commit(XaContract.branch("t1", 1))).hasRootCauseMessage("answer lost");
        participant.commit(XaContract.branch("t1", 1));

        assertThat(sum()).isEqualTo(10);
        assertThat(participant.openBranches()).isZero();
    }
}
