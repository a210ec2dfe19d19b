package dev.coord.recipes.commit.xa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.recipes.commit.HeuristicException;
import dev.coord.recipes.commit.HeuristicException.Kind;
import dev.coord.recipes.commit.Vote;
import dev.coord.recipes.postgres.PostgresServer;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PostgresXaTest extends XaContract {
    private static PostgresServer server;
    private static int databases;

    private final String database = "xa" + databases++;
    private boolean created;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.sharedOrSkip();
    }

    @Override
    protected XADataSource dataSource() throws SQLException {
        if (!created) {
            server.createDatabase(database);
            created = true;
        }
        return server.xaDataSource(database);
    }

    @Override
    protected Connection connect() throws SQLException {
        return DriverManager.getConnection(server.url(database));
    }

    /** The process's connections break, which the test sees to; the server lives. */
    @Override
    protected void die() {}

    @Override
    protected void drop() throws SQLException {
        server.dropDatabase(database);
    }

    @Override
    protected Vote.Kind voteForReading() {
        return Vote.Kind.PREPARED;
    }

    @Override
    protected Optional<String> deferredUniqueTable() {
        return Optional.of("create table ordered (n int, constraint once unique (n) deferrable initially deferred)");
    }

    private void byHand(String ending) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            String gid;
            try (ResultSet rows =
                    statement.executeQuery("select gid from pg_prepared_xacts where database = current_database()")) {
                assertThat(rows.next()).isTrue();
                gid = rows.getString(1);
            }
            statement.execute(ending + " prepared '" + gid + "'");
        }
    }

    @Test
    void preparedBranch_closed_staysInDoubt() throws Exception {
        insertAndPrepare("t1", 1, 10);

        participant.close();
        participant = open("ledger");

        assertThat(participant.recover()).containsExactly("t1");
        participant.commit(branch("t1", 1));
        assertThat(sum()).isEqualTo(10);
    }

    @Test
    void failedStatementThenPrepare_doesNotVoteYes() throws Exception {
        try (Connection connection = participant.connection(new OneTransaction("t1"));
                Statement statement = connection.createStatement()) {
            statement.execute("insert into account values (1, 10)");
            assertThatThrownBy(() -> statement.execute("insert into account values (1, 10)"))
                    .isInstanceOf(SQLException.class);
        }

        Vote vote = participant.prepare(branch("t1", 1));

        assertThat(vote.kind()).isEqualTo(Vote.Kind.REFUSED);
        assertThat(vote.reason()).startsWith("participant ledger has failed with a statement: ERROR: duplicate key");
        assertThat(participant.openBranches()).isZero();
        assertThat(participant.recover()).isEmpty();
        assertThat(sum()).isZero();
    }

    /** A large object runs its statements on its own, past whoever guards the connection. */
    @Test
    void failedLargeObjectThenPrepare_doesNotVoteYes() throws Exception {
        try (Connection connection = participant.connection(new OneTransaction("t1"));
                Statement statement = connection.createStatement()) {
            statement.execute("insert into account values (1, 10)");
            try (ResultSet row = statement.executeQuery("select 999999::oid")) {
                row.next();
                Blob missing = row.getBlob(1);
                assertThatThrownBy(missing::length).isInstanceOf(SQLException.class);
            }
        }

        Vote vote = participant.prepare(branch("t1", 1));

        assertThat(vote.kind()).isEqualTo(Vote.Kind.REFUSED);
        assertThat(vote.reason()).contains("current transaction is aborted");
        assertThat(participant.openBranches()).isZero();
        assertThat(sum()).isZero();
    }

    @Test
    void stateOfATransaction_isKnownToTheDriver_orNotAtAll() throws Exception {
        XAConnection xa = dataSource().getXAConnection();
        PostgresState state = PostgresState.of(xa).orElseThrow();
        try (Connection connection = xa.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select 1");
            assertThat(state.read(connection)).contains("OPEN");
            assertThatThrownBy(() -> statement.execute("select 1 / 0")).isInstanceOf(SQLException.class);
            assertThat(state.read(connection)).contains("FAILED");
            connection.rollback();
            assertThat(state.read(connection)).contains("IDLE");
        } finally {
            xa.close();
        }
        try (Connection other = DriverManager.getConnection("jdbc:h2:mem:other")) {
            assertThat(state.read(other)).isEmpty();
        }
    }

    @Test
    void failedStatementUndoneByRollbackOfAll_doesNotVoteYes() throws Exception {
        try (Connection connection = participant.connection(new OneTransaction("t1"));
                Statement statement = connection.createStatement()) {
            statement.execute("insert into account values (1, 10)");
            assertThatThrownBy(() -> statement.execute("insert into account values (1, 10)"))
                    .isInstanceOf(SQLException.class);
            statement.execute("rollback");
        }

        assertThat(participant.prepare(branch("t1", 1)).kind()).isEqualTo(Vote.Kind.REFUSED);
        assertThat(participant.openBranches()).isZero();
    }

    @Test
    void failedStatementUndoneBySavepoint_votesYes() throws Exception {
        try (Connection connection = participant.connection(new OneTransaction("t1"));
                Statement statement = connection.createStatement()) {
            statement.execute("insert into account values (1, 10)");
            statement.execute("savepoint before");
            assertThatThrownBy(() -> statement.execute("insert into account values (1, 10)"))
                    .isInstanceOf(SQLException.class);
            statement.execute("rollback to savepoint before");
        }

        assertThat(participant.prepare(branch("t1", 1)).kind()).isEqualTo(Vote.Kind.PREPARED);
        participant.commit(branch("t1", 1));
        assertThat(sum()).isEqualTo(10);
    }

    @Test
    void rolledBackByHand_thenCommit_isReportedAsHazard() throws Exception {
        insertAndPrepare("t1", 1, 10);
        byHand("rollback");

        assertThat(participant.recover()).as("its outcome is due").containsExactly("t1");
        assertThatThrownBy(() -> participant.commit(branch("t1", 1)))
                .isInstanceOfSatisfying(
                        HeuristicException.class, e -> assertThat(e.kind()).isEqualTo(Kind.HAZARD))
                .hasMessageContaining("nobody was told to commit it: somebody has committed or rolled it back by hand");
        assertThat(participant.openBranches()).isZero();
        assertThat(participant.recover()).isEmpty();
        participant.commit(branch("t1", 1));
    }

    @Test
    void committedByHand_thenAbort_isReportedAsHazard() throws Exception {
        insertAndPrepare("t1", 1, 10);
        byHand("commit");

        assertThatThrownBy(() -> participant.abort(branch("t1", 1)))
                .isInstanceOfSatisfying(
                        HeuristicException.class, e -> assertThat(e.kind()).isEqualTo(Kind.HAZARD));
        assertThat(sum()).isEqualTo(10);
    }

    @Test
    void endedByAnotherPeer_isNoHazardForALaterAttempt() throws Exception {
        insertAndPrepare("t1", 1, 10);
        try (XaParticipant peer = open("ledger")) {
            assertThat(peer.recover()).containsExactly("t1");
            peer.commit(branch("t1", 2));
        }

        assertThat(participant.recover()).containsExactly("t1");
        participant.commit(branch("t1", 3));

        assertThat(participant.openBranches()).isZero();
        assertThat(participant.recover()).isEmpty();
        assertThat(sum()).isEqualTo(10);
    }

    @Test
    void statementWaitingForALock_isCancelledByAbort() throws Exception {
        execute("insert into account values (1, 0)");
        try (Connection blocker = connect();
                Statement lock = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            lock.execute("update account set amount = 1 where id = 1");
            FutureTask<Integer> waiting = new FutureTask<>(() -> {
                try (Connection connection = participant.connection(new OneTransaction("t1"));
                        Statement statement = connection.createStatement()) {
                    return statement.executeUpdate("update account set amount = 2 where id = 1");
                }
            });
            new Thread(waiting, "waits-for-lock").start();
            awaitLockWait(blocker);

            participant.abort(branch("t1", 0));

            assertThatThrownBy(waiting::get).hasCauseInstanceOf(SQLException.class);
            assertThat(participant.openBranches()).isZero();
            assertThat(counting.open()).isZero();
            blocker.commit();
        }
        assertThat(sum()).isEqualTo(1);
    }

    @Test
    void statementAtWorkWhenItIsToCommit_isRefused() throws Exception {
        execute("insert into account values (1, 0)");
        try (Connection blocker = connect();
                Statement lock = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            lock.execute("update account set amount = 1 where id = 1");
            FutureTask<Integer> waiting = new FutureTask<>(() -> {
                try (Connection connection = participant.connection(new OneTransaction("t1"));
                        Statement statement = connection.createStatement()) {
                    return statement.executeUpdate("update account set amount = 2 where id = 1");
                }
            });
            new Thread(waiting, "waits-for-lock").start();
            awaitLockWait(blocker);

            Vote vote = participant.prepare(branch("t1", 1));

            assertThat(vote).isEqualTo(Vote.refused("a statement of transaction t1 was at work when it was to commit"));
            assertThatThrownBy(waiting::get).hasCauseInstanceOf(SQLException.class);
            assertThat(participant.openBranches()).isZero();
            blocker.commit();
        }
        assertThat(sum()).isEqualTo(1);
    }

    /** The database itself says when somebody waits; it looks 100 times a second. */
    private static void awaitLockWait(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("do $$ begin for i in 1..3000 loop "
                    + "perform pg_stat_clear_snapshot(); if exists (select from pg_stat_activity "
                    + "where datname = current_database() and wait_event_type = 'Lock') then return; end if; "
                    + "perform pg_sleep(0.01); end loop; raise exception 'nobody waits'; end $$");
        }
    }
}
