package dev.coord.recipes.commit.xa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.FencedException;
import dev.coord.LimitExceededException;
import dev.coord.kv.Value;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.Vote;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a user sees of {@link XaParticipant} on a database; each test has one that is empty. */
abstract class XaContract {
    protected static final String DOMAIN = "/commit/test";

    protected CountingDataSource counting;
    protected XaParticipant participant;

    /** Returns a data source of this test's database. */
    protected abstract XADataSource dataSource() throws SQLException;

    /** Opens a connection to it that has nothing to do with XA. */
    protected abstract Connection connect() throws SQLException;

    /** Does what the death of the process with the participant does: to the database too, if it is embedded. */
    protected abstract void die() throws Exception;

    /** Removes this test's database. */
    protected abstract void drop() throws Exception;

    /** Says what is voted for a branch that has only read. */
    protected abstract Vote.Kind voteForReading();

    /** Returns a statement that creates a table "ordered" whose column "n" must not be twice the same at the end of a transaction. */
    protected abstract Optional<String> deferredUniqueTable();

    @BeforeEach
    void createTables() throws SQLException {
        counting = new CountingDataSource(dataSource());
        participant = open("ledger");
        execute("create table account (id int not null primary key, amount int not null)");
    }

    @AfterEach
    void closeAndCount() throws Exception {
        participant.close();
        assertThat(counting.open()).as("connections that were not closed").isZero();
        drop();
    }

    protected XaParticipant open(String name) {
        return XaParticipant.builder(name, DOMAIN, counting.asDataSource())
                .maxIdle(4)
                .build();
    }

    /** The process is gone, and another has begun. */
    private void restart() throws Exception {
        die();
        counting.closeAll();
        participant = open("ledger");
    }

    protected static Branch branch(String transaction, long token) {
        return new Branch(transaction, "ledger", token, Value.EMPTY);
    }

    protected void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    protected int sum(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select coalesce(sum(amount), 0) from account")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    protected int sum() throws SQLException {
        try (Connection connection = connect()) {
            return sum(connection);
        }
    }

    /** Inserts a row within a transaction. */
    protected void insert(String transaction, int id, int amount) throws SQLException {
        try (Connection connection = participant.connection(new OneTransaction(transaction))) {
            insert(connection, id, amount);
        }
    }

    protected static void insert(Connection connection, int id, int amount) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("insert into account values (?, ?)")) {
            insert.setInt(1, id);
            insert.setInt(2, amount);
            insert.executeUpdate();
        }
    }

    protected void insertAndPrepare(String transaction, int id, int amount) throws Exception {
        insert(transaction, id, amount);
        assertThat(participant.prepare(branch(transaction, 1)).kind()).isEqualTo(Vote.Kind.PREPARED);
    }

    @Test
    void committedBranch_lasts() throws Exception {
        insertAndPrepare("t1", 1, 10);
        assertThat(participant.recover()).containsExactly("t1");

        participant.commit(branch("t1", 1));

        assertThat(sum()).isEqualTo(10);
        assertThat(participant.recover()).isEmpty();
        assertThat(participant.openBranches()).isZero();
    }

    @Test
    void preparedBranch_aborted_leavesNothing() throws Exception {
        insertAndPrepare("t1", 1, 10);

        participant.abort(branch("t1", 1));

        assertThat(sum()).isZero();
        assertThat(participant.recover()).isEmpty();
        assertThat(participant.openBranches()).isZero();
    }

    @Test
    void unpreparedBranch_aborted_leavesNothingAndFreesItsLocks() throws Exception {
        insert("t1", 1, 10);
        assertThat(participant.recover()).isEmpty();

        participant.abort(branch("t1", 0));

        execute("insert into account values (1, 7)");
        assertThat(sum()).isEqualTo(7);
        assertThat(participant.openBranches()).isZero();
    }

    @Test
    void callsRepeated_haveNoFurtherEffect() throws Exception {
        insertAndPrepare("t1", 1, 10);
        assertThat(participant.prepare(branch("t1", 1))).isEqualTo(Vote.prepared());
        participant.commit(branch("t1", 1));
        participant.commit(branch("t1", 1));
        insertAndPrepare("t2", 2, 100);
        participant.abort(branch("t2", 1));
        participant.abort(branch("t2", 1));

        assertThat(sum()).isEqualTo(10);
    }

    @Test
    void branchThatWasNeverBegun_isRefusedAndEndsWithoutFailure() throws Exception {
        Vote vote = participant.prepare(branch("t1", 1));

        assertThat(vote.kind()).isEqualTo(Vote.Kind.REFUSED);
        assertThat(vote.reason())
                .isEqualTo(
                        "participant ledger has no work of transaction t1 in this process: its branch was undone, or it was "
                                + "done elsewhere");
        participant.abort(branch("t1", 1));
        participant.commit(branch("t1", 1));
    }

    @Test
    void commitOfWhatIsNotPrepared_fails() throws Exception {
        insert("t1", 1, 10);

        assertThatThrownBy(() -> participant.commit(branch("t1", 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is OPEN")
                .hasMessageContaining("it was not prepared");
        participant.abort(branch("t1", 1));
        assertThat(sum()).isZero();
    }

    @Test
    void processDiesAfterPrepare_nextOneFindsAndCommits() throws Exception {
        insertAndPrepare("t1", 1, 10);
        insertAndPrepare("t2", 2, 100);
        insert("t3", 3, 1000);

        restart();

        assertThat(participant.recover()).containsExactlyInAnyOrder("t1", "t2");
        participant.commit(branch("t1", 2));
        participant.abort(branch("t2", 2));
        participant.abort(branch("t3", 2));
        assertThat(sum()).isEqualTo(10);
        assertThat(participant.recover()).isEmpty();
        participant.commit(branch("t1", 3));
        participant.abort(branch("t2", 3));
        insertAndPrepare("t4", 2, 5);
        participant.commit(branch("t4", 1));
        assertThat(sum()).isEqualTo(15);
    }

    @Test
    void longestNames_areFoundAgain() throws Exception {
        String id = "0123456789".repeat(6);
        String name = "p.-_".repeat(10);
        participant = open(name);
        try (Connection connection = participant.connection(new OneTransaction(id))) {
            insert(connection, 1, 10);
        }
        Branch branch = new Branch(id, name, 1, Value.EMPTY);
        assertThat(participant.prepare(branch).kind()).isEqualTo(Vote.Kind.PREPARED);

        die();
        counting.closeAll();
        participant = open(name);

        assertThat(participant.recover()).containsExactly(id);
        participant.commit(branch);
        assertThat(sum()).isEqualTo(10);
    }

    @Test
    void branchesOfOthers_areLeftAlone() throws Exception {
        XidSpace ours = XidSpace.of("ledger", DOMAIN);
        List<Xid> foreign = List.of(
                new ForeignXid(4711, "t1", ours.xid("t1").qualifier()),
                XidSpace.of("ledger", "/commit/other").xid("t1"),
                XidSpace.of("ledger2", DOMAIN).xid("t1"),
                new ForeignXid(
                        XaParticipant.FORMAT_ID,
                        "not an id of ours",
                        ours.xid("t1").qualifier()));
        List<XAConnection> connections = new ArrayList<>();
        for (Xid xid : foreign) {
            connections.add(prepareByHand(xid, connections.size()));
        }
        insertAndPrepare("t1", 10, 10);

        assertThat(participant.recover()).containsExactly("t1");
        participant.abort(branch("t1", 1));
        participant.abort(branch("t1", 2));
        participant.commit(branch("t1", 2));

        assertThat(participant.recover()).isEmpty();
        for (int i = 0; i < foreign.size(); i++) {
            connections.get(i).getXAResource().commit(foreign.get(i), false);
            connections.get(i).close();
        }
        assertThat(sum()).isEqualTo(4);
    }

    private XAConnection prepareByHand(Xid xid, int id) throws Exception {
        XAConnection connection = counting.asDataSource().getXAConnection();
        Connection handle = connection.getConnection();
        connection.getXAResource().start(xid, XAResource.TMNOFLAGS);
        insert(handle, id, 1);
        connection.getXAResource().end(xid, XAResource.TMSUCCESS);
        assertThat(connection.getXAResource().prepare(xid)).isEqualTo(XAResource.XA_OK);
        return connection;
    }

    private record ForeignXid(int format, String transaction, String qualifier) implements Xid {
        @Override
        public int getFormatId() {
            return format;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return transaction.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public byte[] getBranchQualifier() {
            return qualifier.getBytes(StandardCharsets.US_ASCII);
        }
    }

    @Test
    void branchThatOnlyRead_votesAsTheDatabaseCan() throws Exception {
        execute("insert into account values (1, 5)");
        try (Connection connection = participant.connection(new OneTransaction("t1"))) {
            assertThat(sum(connection)).isEqualTo(5);
        }

        assertThat(participant.prepare(branch("t1", 1)).kind()).isEqualTo(voteForReading());

        if (voteForReading() == Vote.Kind.READ_ONLY) {
            assertThat(participant.openBranches()).isZero();
        }
        participant.commit(branch("t1", 1));
        assertThat(participant.openBranches()).isZero();
    }

    @Test
    void constraintViolatedAtPrepare_refuses() throws Exception {
        Assumptions.assumeTrue(deferredUniqueTable().isPresent(), "this database checks all constraints at once");
        execute(deferredUniqueTable().orElseThrow());
        try (Connection connection = participant.connection(new OneTransaction("t1"));
                Statement statement = connection.createStatement()) {
            statement.execute("insert into ordered values (1)");
            statement.execute("insert into ordered values (1)");
        }

        Vote vote = participant.prepare(branch("t1", 1));

        assertThat(vote.kind()).isEqualTo(Vote.Kind.REFUSED);
        assertThat(vote.reason()).startsWith("participant ledger has rolled back: XA error XA_RB");
        assertThat(participant.openBranches()).isZero();
        assertThat(participant.recover()).isEmpty();
        participant.abort(branch("t1", 1));
    }

    @Test
    void connection_refusesWhatWouldEndTheBranch() throws Exception {
        Connection connection = participant.connection(new OneTransaction("t1"));
        insert(connection, 1, 10);

        assertThatThrownBy(connection::commit)
                .isInstanceOf(SQLException.class)
                .hasMessage("commit is not for a branch of a global transaction: commit or abort transaction t1");
        assertThatThrownBy(connection::rollback).hasMessageStartingWith("rollback is not for a branch");
        assertThatThrownBy(() -> connection.setAutoCommit(true)).hasMessageStartingWith("setAutoCommit is not for");
        assertThatThrownBy(() -> connection.abort(Runnable::run)).hasMessageStartingWith("abort is not for a branch");
        assertThatThrownBy(() -> connection.unwrap(String.class))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("what the driver's own objects do");
        assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
        assertThat(connection.getAutoCommit()).isFalse();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            assertThat(statement.getConnection()).isSameAs(connection);
            ResultSet rows = statement.executeQuery("select * from account");
            assertThatThrownBy(() -> rows.getStatement().getConnection().commit())
                    .isInstanceOf(SQLException.class);
        }
        connection.close();

        assertThat(connection.isClosed()).isTrue();
        assertThatThrownBy(connection::createStatement).hasMessageContaining("this connection is closed");
        try (Connection again = participant.connection(new OneTransaction("t1"))) {
            assertThat(sum(again)).isEqualTo(10);
        }
        participant.abort(branch("t1", 0));
        assertThat(sum()).isZero();
    }

    @Test
    void statementThatFailed_isTheOnlyOneMissingOrRefusesAll() throws Exception {
        try (Connection connection = participant.connection(new OneTransaction("t1"))) {
            insert(connection, 1, 10);
            assertThatThrownBy(() -> insert(connection, 1, 10)).isInstanceOf(SQLException.class);
        }

        Vote vote = participant.prepare(branch("t1", 1));

        boolean prepared = vote.kind() == Vote.Kind.PREPARED;
        assertThat(participant.recover()).hasSize(prepared ? 1 : 0);
        if (prepared) {
            participant.commit(branch("t1", 1));
        }
        assertThat(sum()).isEqualTo(prepared ? 10 : 0);
    }

    @Test
    void statementKeptBeyondItsBranch_isRefusedWhileItsConnectionServesAnother() throws Exception {
        Connection first = participant.connection(new OneTransaction("t1"));
        PreparedStatement kept = first.prepareStatement("insert into account values (1, 10)");
        kept.executeUpdate();
        participant.prepare(branch("t1", 1));
        assertThatThrownBy(kept::executeUpdate)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("its transaction is committing, or was ended");
        participant.commit(branch("t1", 1));

        insert("t2", 2, 100);
        assertThat(counting.opened())
                .as("the second branch has the first one's connection")
                .isOne();
        assertThatThrownBy(kept::executeUpdate).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> first.createStatement()).isInstanceOf(SQLException.class);
        assertThat(kept.isClosed()).isTrue();
        assertThat(first.isClosed()).isTrue();
        assertThatCode(kept::close).doesNotThrowAnyException();
        participant.prepare(branch("t2", 1));
        participant.commit(branch("t2", 1));
        assertThat(sum()).isEqualTo(110);
    }

    @Test
    void connectionThatWasAltered_isNotUsedAgain() throws Exception {
        try (Connection connection = participant.connection(new OneTransaction("t1"))) {
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            insert(connection, 1, 10);
        }
        participant.prepare(branch("t1", 1));
        participant.commit(branch("t1", 1));

        assertThat(participant.idleConnections()).isZero();
        assertThat(counting.open()).isZero();
        assertThat(sum()).isEqualTo(10);
    }

    @Test
    void smallerToken_isFencedWhileTheBranchIsOpen() throws Exception {
        insert("t1", 1, 10);
        participant.prepare(branch("t1", 5));

        assertThatThrownBy(() -> participant.abort(branch("t1", 4)))
                .isInstanceOf(FencedException.class)
                .hasMessageContaining("token 4")
                .hasMessageContaining("5 was accepted before");
        assertThatThrownBy(() -> participant.prepare(branch("t1", 4))).isInstanceOf(FencedException.class);
        participant.commit(branch("t1", 6));
        assertThat(sum()).isEqualTo(10);
    }

    @Test
    void transactionThatIsOver_getsNoConnectionAndLeavesNoBranch() throws Exception {
        OneTransaction over = new OneTransaction("t1");
        over.close();

        assertThatThrownBy(() -> participant.connection(over)).isInstanceOf(IllegalStateException.class);
        assertThat(participant.openBranches()).isZero();
        assertThat(counting.opened()).isZero();
    }

    @Test
    void tooManyBranches_areRefusedUntilOneEnds() throws Exception {
        participant = XaParticipant.builder("ledger", DOMAIN, counting.asDataSource())
                .maxBranches(2)
                .build();
        insert("t1", 1, 1);
        insert("t2", 2, 1);
        assertThatThrownBy(() -> insert("t3", 3, 1))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("besides 2 open ones")
                .hasMessageContaining("maxBranches");
        participant.abort(branch("t1", 0));
        insert("t3", 3, 1);
        participant.abort(branch("t2", 0));
        participant.abort(branch("t3", 0));
    }

    @Test
    void closed_undoesWhatIsNotPreparedAndRefusesMore() throws Exception {
        insert("t1", 1, 10);

        participant.close();
        participant.close();

        assertThat(counting.open()).isZero();
        assertThat(sum()).isZero();
        assertThatThrownBy(() -> insert("t2", 2, 1)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(participant::recover).isInstanceOf(ClosedException.class);
        assertThat(counting.open()).isZero();
    }

    @Test
    void manyTransactions_keepNoMoreConnectionsThanAllowed() throws Exception {
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 6; i++) {
                insert("t" + round + "-" + i, 10 * round + i, 1);
            }
            for (int i = 0; i < 6; i++) {
                Branch branch = branch("t" + round + "-" + i, 1);
                if (i % 3 > 0) {
                    participant.prepare(branch);
                }
                if (i % 3 == 1) {
                    participant.commit(branch);
                } else {
                    participant.abort(branch);
                }
            }
            assertThat(participant.openBranches()).isZero();
            assertThat(counting.open()).isEqualTo(participant.idleConnections()).isEqualTo(4);
        }
        assertThat(sum()).isEqualTo(20);
        assertThat(counting.opened()).isEqualTo(6 + 9 * 2);
    }

    @Test
    void sixtyFourBranchesAtOnce_endEachInItsOwnWay() throws Exception {
        int many = 64;
        ExecutorService threads = Executors.newFixedThreadPool(many);
        try {
            CountDownLatch allPrepared = new CountDownLatch(many);
            List<Callable<Vote>> tasks = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                int id = i;
                tasks.add(() -> {
                    try {
                        insert("t" + id, id, 1);
                        return participant.prepare(branch("t" + id, 1));
                    } finally {
                        allPrepared.countDown();
                        allPrepared.await();
                        participant.recover();
                        if (id % 2 == 0) {
                            participant.commit(branch("t" + id, 1));
                        } else {
                            participant.abort(branch("t" + id, 1));
                        }
                    }
                });
            }
            for (Future<Vote> vote : threads.invokeAll(tasks)) {
                assertThat(vote.get().kind()).isEqualTo(Vote.Kind.PREPARED);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(sum()).isEqualTo(many / 2);
        assertThat(participant.recover()).isEmpty();
        assertThat(participant.openBranches()).isZero();
        assertThat(counting.open()).isEqualTo(participant.idleConnections()).isLessThanOrEqualTo(4);
    }

    @Test
    void twoThreadsAtOneBranch_oneIsRefused() throws Exception {
        int calls = 200;
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Connection connection = participant.connection(new OneTransaction("t1"))) {
            AtomicInteger done = new AtomicInteger();
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int thread = 0; thread < 2; thread++) {
                int first = thread * calls;
                tasks.add(() -> {
                    IntStream.range(first, first + calls).forEach(id -> tryInsert(connection, id, done));
                    return null;
                });
            }
            for (Future<Void> task : threads.invokeAll(tasks)) {
                task.get();
            }
            assertThat(sum(connection)).isEqualTo(done.get()).isPositive();
        } finally {
            threads.shutdownNow();
        }
        participant.abort(branch("t1", 0));
    }

    private static void tryInsert(Connection connection, int id, AtomicInteger done) {
        try (Statement statement = connection.createStatement()) {
            done.addAndGet(statement.executeUpdate("insert into account values (" + id + ", 1)"));
        } catch (SQLException e) {
            assertThat((Throwable) e).hasMessageContaining("another thread is at work on it");
        }
    }
}
