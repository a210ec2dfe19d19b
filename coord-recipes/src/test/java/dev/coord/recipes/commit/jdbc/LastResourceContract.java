package dev.coord.recipes.commit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.kv.Value;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.HeuristicException;
import dev.coord.recipes.commit.jdbc.TestSource.Break;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What a coordinator and an application see of {@link JdbcLastResource} on a database. */
abstract class LastResourceContract extends JdbcContract {
    private static final String UNDONE = "100 0 0";
    private static final String DONE = "99 0 1";

    private final JdbcLastResource bank = JdbcLastResource.of("bank", source, table);

    /** The same database in another process. */
    private final JdbcLastResource elsewhere = JdbcLastResource.of("bank", source, table);

    LastResourceContract(TestDatabase database) {
        super(database);
    }

    /** A global transaction of a coordinator that knows the bank only. */
    private final class Global implements GlobalTransaction {
        private final String id;
        private boolean isEnlisted;
        private boolean hasEnded;

        Global(String id) {
            this.id = id;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public synchronized Branch enlist(String participant, Value payload) {
            if (hasEnded) {
                throw new IllegalStateException(id + " was given up");
            }
            if (!participant.equals("bank")) {
                throw new IllegalArgumentException("no participant " + participant);
            }
            isEnlisted = true;
            return branch(id, 0);
        }

        @Override
        public void commit() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Void> commitAsync() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Void> abort() {
            boolean mustTell;
            synchronized (this) {
                hasEnded = true;
                mustTell = isEnlisted;
            }
            try {
                if (mustTell) {
                    bank.abort(branch(id, 0));
                }
                return CompletableFuture.completedFuture(null);
            } catch (Exception e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        @Override
        public void close() {
            abort().join();
        }
    }

    private static void work(Connection connection) throws SQLException {
        execute(connection, "update account set free = free - 1, used = used + 1");
    }

    private void begun(String id) throws SQLException {
        work(bank.connection(new Global(id)));
    }

    // ---- one after the other

    @Test
    void work_isCommittedInOnePhase_andEverybodyLearnsIt() throws Exception {
        begun("t");
        assertThat(bank.connections()).isEqualTo(1);
        assertThat(bank.commitOnePhase(branch("t", 1))).isTrue();
        assertThat(account()).isEqualTo(DONE);
        assertThat(bank.connections()).isZero();
        for (JdbcLastResource each : List.of(bank, elsewhere)) {
            assertThat(each.settle(branch("t", 2))).isTrue();
            assertThat(each.settle(branch("t", 1))).as("whatever the token").isTrue();
            assertThat(each.commitOnePhase(branch("t", 2))).isTrue();
        }
    }

    @Test
    void settledWork_canNotBeCommitted() throws Exception {
        for (JdbcLastResource settler : List.of(bank, elsewhere)) {
            String id = settler == bank ? "t" : "u";
            begun(id);
            assertThat(settler.settle(branch(id, 2))).isFalse();
            assertThat(bank.connections()).as("the work's own process ends it").isEqualTo(settler == bank ? 0 : 1);
            assertThat(bank.commitOnePhase(branch(id, 1))).isFalse();
            assertThat(account()).isEqualTo(UNDONE);
            assertThat(elsewhere.settle(branch(id, 3))).isFalse();
            assertThat(bank.connections()).isZero();
        }
    }

    @Test
    void settleOfUnknown_isNo_forGood() throws Exception {
        assertThat(elsewhere.settle(branch("t", 1))).isFalse();
        assertThat(elsewhere.commitOnePhase(branch("u", 1)))
                .as("the work was elsewhere")
                .isFalse();
        begun("u");
        assertThat(bank.commitOnePhase(branch("u", 1))).isFalse();
        assertThat(account()).isEqualTo(UNDONE);
    }

    @Test
    void abort_rollsBack_andMayBeRepeated() throws Exception {
        begun("t");
        bank.abort(branch("t", 0));
        bank.abort(branch("t", 0));
        assertThat(account()).isEqualTo(UNDONE);
        assertThat(state("t")).isEmpty();
        assertThat(bank.connections()).isZero();
    }

    @Test
    void connection_isTheSameWithinATransaction_andGuarded() throws Exception {
        Global transaction = new Global("t");
        Connection connection = bank.connection(transaction);
        assertThat(bank.connection(transaction)).isSameAs(connection);
        assertThat(bank.connection(new Global("u"))).isNotEqualTo(connection);
        assertThat(connection.getAutoCommit()).isFalse();
        connection.close();
        work(bank.connection(transaction));
        assertThatThrownBy(connection::commit)
                .hasMessageContaining("commit: ")
                .hasMessageContaining("global transaction");
        assertThatThrownBy(connection::rollback).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> connection.setAutoCommit(true)).isInstanceOf(SQLException.class);
        connection.rollback(connection.setSavepoint());
        assertThat(bank.commitOnePhase(branch("t", 1))).isTrue();
        assertThat(connection.isClosed()).isTrue();
        assertThatThrownBy(connection::createStatement).hasMessageContaining("has ended");
        bank.abort(branch("u", 0));
        assertThat(account()).isEqualTo(DONE);
    }

    /** As a pool does it: the connection stays open and commits by itself again, so the statement's work would be committed. */
    @Test
    void statementHadBeforeTheEnd_isClosedByIt() throws Exception {
        try (Connection physical = database.connect()) {
            JdbcLastResource pooled = JdbcLastResource.of("bank", poolOf(physical), table);
            for (boolean aborts : new boolean[] {true, false}) {
                String id = aborts ? "t" : "u";
                Connection connection = pooled.connection(new Global(id));
                PreparedStatement prepared =
                        connection.prepareStatement("update account set free = free - 1, used = used + 1");
                Statement plain = connection.createStatement();
                if (aborts) {
                    pooled.abort(branch(id, 0));
                } else {
                    assertThat(pooled.commitOnePhase(branch(id, 1))).isTrue();
                }
                assertThat(physical.getAutoCommit()).isTrue();
                assertThatThrownBy(prepared::executeUpdate).isInstanceOf(SQLException.class);
                assertThatThrownBy(() -> plain.execute("delete from account")).isInstanceOf(SQLException.class);
            }
        }
        assertThat(account()).isEqualTo(UNDONE);
    }

    private static DataSource poolOf(Connection physical) {
        ClassLoader loader = LastResourceContract.class.getClassLoader();
        Object handle = Proxy.newProxyInstance(
                loader,
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) ->
                        method.getName().equals("close") ? null : method.invoke(physical, arguments));
        return (DataSource)
                Proxy.newProxyInstance(loader, new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> handle);
    }

    @Test
    void statementsThatTheApplicationCloses_areNotKept() throws Exception {
        GuardedConnection guard = GuardedConnection.of(begin());
        Connection view = guard.view();
        for (int i = 0; i < 2_000; i++) {
            view.createStatement().close();
        }
        assertThat(guard.remembered()).isLessThan(300);
        Statement open = view.createStatement();
        guard.end();
        assertThat(open.isClosed()).isTrue();
        assertThat(guard.remembered()).isZero();
    }

    @Test
    void workUnderANameThatWasCommitted_isRolledBackAndReported() throws Exception {
        begun("t");
        assertThat(bank.commitOnePhase(branch("t", 1))).isTrue();
        begun("t");
        assertThatThrownBy(() -> bank.commitOnePhase(branch("t", 2)))
                .isInstanceOfSatisfying(
                        HeuristicException.class, e -> assertThat(e.kind()).isEqualTo(HeuristicException.Kind.MIXED))
                .hasMessageContaining("was rolled back")
                .hasMessageContaining("the id was used before");
        assertThat(account()).isEqualTo(DONE);
        assertThat(bank.connections()).isZero();
    }

    @Test
    void transactionThatTakesNoConnection_leavesNone() throws Exception {
        Global ended = new Global("t");
        ended.close();
        assertThatThrownBy(() -> bank.connection(ended)).isInstanceOf(IllegalStateException.class);
        JdbcLastResource unknown = JdbcLastResource.of("shop", source, table);
        assertThatThrownBy(() -> unknown.connection(new Global("u"))).isInstanceOf(IllegalArgumentException.class);
        source.breakAt(new Break(1, false));
        assertThatThrownBy(() -> bank.connection(new Global("v"))).hasMessage("broken");
        assertThat(bank.connections() + unknown.connections() + source.open()).isZero();
        assertThatThrownBy(() -> JdbcLastResource.of("", source, table)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void lateQuestionForAConnection_doesNotEndTheWork() throws Exception {
        Global transaction = new Global("t");
        work(bank.connection(transaction));
        synchronized (transaction) {
            transaction.hasEnded = true; // as when its commit has begun
        }
        assertThatThrownBy(() -> bank.connection(transaction)).isInstanceOf(IllegalStateException.class);
        assertThat(bank.commitOnePhase(branch("t", 1))).isTrue();
        assertThat(account()).isEqualTo(DONE);
    }

    @Test
    void branchThatWasTried_isNotALastResources() throws Exception {
        once("tryBranch", branch("t", 1));
        assertThatThrownBy(() -> bank.settle(branch("t", 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a name of its own");
    }

    @Test
    void failedStatementOfTheApplication_endsInNo_orInAllThatIsLeft() throws Exception {
        Connection connection = bank.connection(new Global("t"));
        work(connection);
        assertThatThrownBy(() -> execute(connection, "insert into account values (null, 0, 0)"))
                .isInstanceOf(SQLException.class);
        boolean committed;
        try {
            committed = bank.commitOnePhase(branch("t", 1));
        } catch (SQLException e) { // PostgreSQL wants the transaction rolled back
            committed = elsewhere.settle(branch("t", 1));
        }
        assertThat(account()).isEqualTo(committed ? DONE : UNDONE);
        assertThat(elsewhere.settle(branch("t", 1))).isEqualTo(committed);
    }

    // ---- crashes

    @Test
    void brokenConnection_losesTheWork_andSettlesToNo() throws Exception {
        Connection connection = bank.connection(new Global("t"));
        work(connection);
        source.breakAt(new Break(1, false));
        assertThatThrownBy(() -> work(connection)).hasMessage("broken");
        assertThat(account()).as("its locks are gone").isEqualTo(UNDONE);
        assertThatThrownBy(() -> bank.commitOnePhase(branch("t", 1))).isInstanceOf(SQLException.class);
        assertThat(elsewhere.settle(branch("t", 2))).isFalse();
    }

    @Test
    void crashAtEveryCallOfTheDatabase_settlesToWhatHappened() throws Exception {
        int committed = 0;
        int aborted = 0;
        for (boolean answerIsLost : new boolean[] {false, true}) {
            for (int at = 1; ; at++) {
                execute("update account set free = 100, used = 0");
                Branch branch = branch("t" + answerIsLost + at, 1);
                begun(branch.transaction());
                source.breakAt(new Break(at, answerIsLost));
                try {
                    assertThat(bank.commitOnePhase(branch)).isTrue();
                } catch (SQLException e) {
                    assertThat(e.getMessage()).isEqualTo("broken");
                }
                boolean wasBroken = source.wasBroken();
                assertThat(source.open()).isZero();
                boolean outcome = settleAndCompare(branch);
                committed += outcome ? 1 : 0;
                aborted += outcome ? 0 : 1;
                if (!wasBroken) {
                    break;
                }
            }
        }
        assertThat(committed).as("answers lost, and no crash at all").isGreaterThan(2);
        assertThat(aborted).isGreaterThan(10);
    }

    @Test
    void settlerThatCrashesAtEveryCall_canAskAgain() throws Exception {
        for (boolean answerIsLost : new boolean[] {false, true}) {
            boolean wasBroken = true;
            for (int at = 1; wasBroken; at++) {
                Branch branch = branch("t" + answerIsLost + at, 1);
                begun(branch.transaction());
                source.breakAt(new Break(at, answerIsLost));
                try {
                    assertThat(elsewhere.settle(branch)).isFalse();
                } catch (SQLException e) {
                    assertThat(e.getMessage()).isEqualTo("broken");
                }
                wasBroken = source.wasBroken();
                assertThat(elsewhere.settle(branch)).isFalse();
                assertThat(bank.commitOnePhase(branch)).isFalse();
                assertThat(account()).isEqualTo(UNDONE);
            }
        }
    }

    private boolean settleAndCompare(Branch branch) throws Exception {
        boolean outcome = elsewhere.settle(branch);
        assertThat(account()).as(branch + " " + outcome).isEqualTo(outcome ? DONE : UNDONE);
        assertThat(bank.settle(branch)).isEqualTo(outcome);
        assertThat(elsewhere.commitOnePhase(branch)).isEqualTo(outcome);
        return outcome;
    }

    // ---- at once

    @Test
    void settleThatMeetsTheCommit_waitsForIt() throws Exception {
        begun("t");
        source.holdCommits();
        FutureTask<Boolean> committing = new FutureTask<>(() -> bank.commitOnePhase(branch("t", 1)));
        new Thread(committing).start();
        source.awaitHeldCommit();
        FutureTask<Boolean> settling = meanwhile(() -> elsewhere.settle(branch("t", 2)));
        source.letCommitsGo();
        assertThat(committing.get()).isTrue();
        assertThat(settling.get()).isTrue();
        assertThat(account()).isEqualTo(DONE);
    }

    @Test
    void commitThatMeetsTheSettler_waitsForIt_andIsRolledBack() throws Exception {
        begun("t");
        source.holdCommits();
        FutureTask<Boolean> settling = new FutureTask<>(() -> elsewhere.settle(branch("t", 2)));
        new Thread(settling).start();
        source.awaitHeldCommit();
        FutureTask<Boolean> committing = meanwhile(() -> bank.commitOnePhase(branch("t", 1)));
        source.letCommitsGo();
        assertThat(settling.get()).isFalse();
        assertThat(committing.get()).isFalse();
        assertThat(account()).isEqualTo(UNDONE);
    }

    @Test
    void commitAndSettlersAtOnce_answerTheSame() throws Exception {
        Random random = new Random(1);
        for (int round = 0; round < 100; round++) {
            execute("update account set free = 100, used = 0");
            Branch branch = branch("t" + round, 1);
            begun(branch.transaction());
            List<Callable<Boolean>> tasks = new ArrayList<>();
            tasks.add(later(random.nextInt(2000), () -> bank.commitOnePhase(branch)));
            tasks.add(later(random.nextInt(2000), () -> elsewhere.settle(branch(branch.transaction(), 2))));
            tasks.add(later(random.nextInt(2000), () -> elsewhere.settle(branch)));
            List<Boolean> answers = atOnce(tasks);
            assertThat(answers).as("round %d", round).containsOnly(answers.get(0));
            assertThat(account()).isEqualTo(answers.get(0) ? DONE : UNDONE);
        }
    }

    /** So that each comes first at times. */
    private static <T> Callable<T> later(int spins, Callable<T> task) {
        return () -> {
            for (int i = 0; i < spins; i++) {
                Thread.onSpinWait();
            }
            return task.call();
        };
    }

    @Test
    void abortWhileTheConnectionIsAskedFor_leavesNoneOpen() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        Random random = new Random(1);
        for (int round = 0; round < 100; round++) {
            Global transaction = new Global("t" + round);
            Callable<Boolean> ask = () -> {
                try {
                    bank.connection(transaction);
                } catch (IllegalStateException e) {
                    refused.incrementAndGet();
                }
                return true;
            };
            atOnce(List.of(ask, ask, later(random.nextInt(3000), () -> {
                transaction.close();
                return true;
            })));
            assertThat(bank.connections()).as("round %d", round).isZero();
            assertThat(source.open()).isZero();
        }
    }

    @Test
    void connectionAskedForTwiceAtOnce_isOne() throws Exception {
        for (int round = 0; round < 30; round++) {
            Global transaction = new Global("t" + round);
            List<Connection> got =
                    atOnce(List.of(() -> bank.connection(transaction), () -> bank.connection(transaction)));
            assertThat(got.get(0)).isSameAs(got.get(1));
            assertThat(source.open()).isEqualTo(1);
            transaction.close();
        }
    }
}
