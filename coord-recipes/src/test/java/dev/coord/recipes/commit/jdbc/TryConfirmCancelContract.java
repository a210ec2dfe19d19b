package dev.coord.recipes.commit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.FencedException;
import dev.coord.kv.Value;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.HeuristicException;
import dev.coord.recipes.commit.Vote;
import dev.coord.recipes.commit.jdbc.TestSource.Break;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** What a coordinator and an application see of {@link JdbcTryConfirmCancel} on a database. */
abstract class TryConfirmCancelContract extends JdbcContract {
    private static final String NEW = "100 0 0";
    private static final String RESERVED = "70 30 0";
    private static final String USED = "70 0 30";

    private final JdbcTryConfirmCancel bank = JdbcTryConfirmCancel.of("bank", source, table, new Account());

    TryConfirmCancelContract(TestDatabase database) {
        super(database);
    }

    /** Takes money from the account; checks nothing, as it need not. */
    private static class Account implements TryConfirmCancel {
        @Override
        public Vote reserve(Connection connection, Branch branch) throws Exception {
            move(connection, "free", "reserved", branch);
            return Vote.prepared();
        }

        @Override
        public void confirm(Connection connection, Branch branch) throws Exception {
            move(connection, "reserved", "used", branch);
        }

        @Override
        public void cancel(Connection connection, Branch branch) throws Exception {
            move(connection, "reserved", "free", branch);
        }

        private static void move(Connection connection, String from, String to, Branch branch) throws SQLException {
            String amount = branch.payload().asString();
            String sql = "update account set " + from + " = " + from + " - " + amount + ", " + to + " = " + to + " + ";
            execute(connection, sql + amount);
        }
    }

    /** What the coordinator may ask for. */
    private interface Ask {
        void ask(Branch branch) throws Exception;
    }

    // ---- the cases

    @Test
    void triedBranch_isConfirmedOrCancelled() throws Exception {
        assertThat(bank.prepare(branch("t", 1))).isEqualTo(Vote.prepared());
        assertThat(account()).isEqualTo(RESERVED);
        bank.abort(branch("t", 1));
        assertThat(account()).isEqualTo(NEW);
        bank.prepare(branch("u", 1));
        bank.commit(branch("u", 1));
        assertThat(account()).isEqualTo(USED);
    }

    @Test
    void repeatedCalls_haveNoEffect_andAnswerTheSame() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(bank.prepare(branch("t", 1))).isEqualTo(Vote.prepared());
            assertThat(account()).isEqualTo(RESERVED);
        }
        for (int i = 0; i < 3; i++) {
            bank.abort(branch("t", 1));
            assertThat(account()).isEqualTo(NEW);
        }
        bank.prepare(branch("u", 1));
        for (int i = 0; i < 3; i++) {
            bank.commit(branch("u", 1));
            assertThat(bank.prepare(branch("u", 1))).as("late").isEqualTo(Vote.prepared());
            assertThat(account()).isEqualTo(USED);
        }
    }

    @Test
    void cancelOfWhatWasNeverTried_isEmpty_andRefusesTheTryThatComesLate() throws Exception {
        bank.abort(branch("t", 1));
        bank.abort(branch("t", 1));
        assertThat(account()).isEqualTo(NEW);
        Vote late = bank.prepare(branch("t", 1));
        assertThat(late.kind()).isEqualTo(Vote.Kind.REFUSED);
        assertThat(late.reason()).contains("t/bank").contains("cancelled before");
        assertThat(account()).isEqualTo(NEW);
        assertThat(bank.recover()).isEmpty();
    }

    @Test
    void contradictions_areHeuristic_andChangeNothing() throws Exception {
        assertThatThrownBy(() -> bank.commit(branch("never", 1)))
                .isInstanceOfSatisfying(
                        HeuristicException.class, e -> assertThat(e.kind()).isEqualTo(HeuristicException.Kind.HAZARD));
        bank.abort(branch("t", 1));
        assertThatThrownBy(() -> bank.commit(branch("t", 1)))
                .isInstanceOfSatisfying(
                        HeuristicException.class, e -> assertThat(e.kind()).isEqualTo(HeuristicException.Kind.ABORTED));
        assertThat(account()).isEqualTo(NEW);
        bank.prepare(branch("u", 1));
        bank.commit(branch("u", 1));
        assertThatThrownBy(() -> bank.abort(branch("u", 1)))
                .isInstanceOfSatisfying(
                        HeuristicException.class,
                        e -> assertThat(e.kind()).isEqualTo(HeuristicException.Kind.COMMITTED));
        assertThat(account()).isEqualTo(USED);
    }

    @Test
    void formerCoordinator_isFenced() throws Exception {
        bank.prepare(branch("t", 2));
        for (Ask ask : List.<Ask>of(bank::prepare, bank::commit, bank::abort)) {
            assertThatThrownBy(() -> ask.ask(branch("t", 1))).isInstanceOf(FencedException.class);
            assertThat(account()).isEqualTo(RESERVED);
        }
        bank.commit(branch("t", 3));
        assertThat(account()).isEqualTo(USED);
    }

    @Test
    void refusalAndReadOnly_leaveNothing() throws Exception {
        for (Vote vote : List.of(Vote.refused("no money"), Vote.readOnly())) {
            JdbcTryConfirmCancel voter = JdbcTryConfirmCancel.of("bank", source, table, new Account() {
                @Override
                public Vote reserve(Connection connection, Branch branch) throws Exception {
                    super.reserve(connection, branch);
                    return vote;
                }
            });
            assertThat(voter.prepare(branch("t", 1))).isEqualTo(vote);
            assertThat(account()).isEqualTo(NEW);
            assertThat(state("t")).isEmpty();
        }
    }

    @Test
    void recover_listsWhatIsInDoubt() throws Exception {
        for (String id : List.of("t", "u", "v")) {
            bank.prepare(branch(id, 1));
        }
        bank.commit(branch("t", 1));
        bank.abort(branch("w", 1));
        assertThat(bank.recover()).containsExactlyInAnyOrder("u", "v");
        bank.abort(branch("u", 1));
        bank.commit(branch("v", 1));
        assertThat(bank.recover()).isEmpty();
    }

    @Test
    void failureOfTheApplication_rollsBack_andTheCallCanBeRepeated() throws Exception {
        JdbcTryConfirmCancel failing = JdbcTryConfirmCancel.of("bank", source, table, new Account() {
            @Override
            public Vote reserve(Connection connection, Branch branch) throws Exception {
                super.reserve(connection, branch);
                throw new IllegalStateException("reserve");
            }

            @Override
            public void confirm(Connection connection, Branch branch) throws Exception {
                super.confirm(connection, branch);
                execute(connection, "select * from nowhere");
            }

            @Override
            public void cancel(Connection connection, Branch branch) throws Exception {
                super.cancel(connection, branch);
                throw new AssertionError("cancel");
            }
        });
        assertThatThrownBy(() -> failing.prepare(branch("t", 1))).hasMessage("reserve");
        assertThat(account()).isEqualTo(NEW);
        bank.prepare(branch("t", 1));
        assertThatThrownBy(() -> failing.commit(branch("t", 1))).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> failing.abort(branch("t", 1))).hasMessage("cancel");
        assertThat(account()).isEqualTo(RESERVED);
        bank.commit(branch("t", 1));
        assertThat(account()).isEqualTo(USED);
    }

    @Test
    void application_cannotEndTheLocalTransaction_norUseItLater() throws Exception {
        List<Connection> kept = new ArrayList<>();
        JdbcTryConfirmCancel eager = JdbcTryConfirmCancel.of("bank", source, table, new Account() {
            @Override
            public Vote reserve(Connection connection, Branch branch) throws Exception {
                kept.add(connection);
                super.reserve(connection, branch);
                connection.setAutoCommit(false);
                connection.rollback(connection.setSavepoint());
                connection.close();
                for (Callable<?> end : List.<Callable<?>>of(
                        () -> {
                            connection.commit();
                            return 0;
                        },
                        () -> {
                            connection.rollback();
                            return 0;
                        },
                        () -> {
                            connection.setAutoCommit(true);
                            return 0;
                        },
                        () -> {
                            connection.abort(Runnable::run);
                            return 0;
                        })) {
                    assertThatThrownBy(end::call)
                            .isInstanceOf(SQLException.class)
                            .hasMessageContaining("within a global transaction");
                }
                assertThat(connection.isClosed()).isFalse();
                assertThat(Set.of(connection)).contains(connection);
                return Vote.refused("after all");
            }
        });
        eager.prepare(branch("t", 1));
        assertThat(account()).isEqualTo(NEW);
        assertThat(kept.get(0).isClosed()).isTrue();
        assertThatThrownBy(() -> kept.get(0).createStatement()).hasMessageContaining("has ended");
    }

    @Test
    void misuse_isTold() {
        assertThatThrownBy(() -> JdbcTryConfirmCancel.of("", source, table, new Account()))
                .isInstanceOf(IllegalArgumentException.class);
        Branch other = new Branch("t", "shop", 1, Value.EMPTY);
        for (Ask ask : List.<Ask>of(bank::prepare, bank::commit, bank::abort)) {
            assertThatThrownBy(() -> ask.ask(other))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not of bank")
                    .hasMessageContaining("same name");
        }
    }

    // ---- crashes

    @Test
    void crashAtEveryCallOfTheDatabase_isMendedByRepetition() throws Exception {
        int crashes = 0;
        for (boolean answerIsLost : new boolean[] {false, true}) {
            for (List<Ask> asks : List.<List<Ask>>of(
                    List.of(bank::prepare, bank::commit),
                    List.of(bank::prepare, bank::abort),
                    List.of(bank::abort, bank::prepare))) {
                for (int broken = 0; broken < asks.size(); broken++) {
                    crashes += crashEverywhere(asks, broken, answerIsLost);
                }
            }
        }
        assertThat(crashes).isGreaterThan(60);
    }

    /** Runs all calls with the one of that index broken at each call of the database in turn, and repeated. */
    private int crashEverywhere(List<Ask> asks, int broken, boolean answerIsLost) throws Exception {
        String expected = null;
        for (int at = 0; ; at++) {
            execute("update account set free = 100, reserved = 0, used = 0");
            Branch branch = branch("t" + broken + answerIsLost + at + "-" + asks.hashCode(), 1);
            boolean wasBroken = false;
            for (int i = 0; i < asks.size(); i++) {
                if (i == broken && at > 0) {
                    source.breakAt(new Break(at, answerIsLost));
                    try {
                        asks.get(i).ask(branch);
                    } catch (SQLException e) {
                        assertThat(e.getMessage()).isEqualTo("broken");
                    }
                    wasBroken = source.wasBroken();
                    assertThat(source.open()).isZero();
                }
                asks.get(i).ask(branch);
            }
            if (at == 0) {
                expected = account();
            }
            assertThat(account()).as("call %d of %d", at, broken).isEqualTo(expected);
            if (at > 0 && !wasBroken) {
                return at - 1;
            }
        }
    }

    // ---- at once

    @Test
    void tryAndCancelAtOnce_neverLeaveAnythingReserved() throws Exception {
        for (int round = 0; round < 50; round++) {
            Branch branch = branch("t" + round, 1);
            List<String> answers = atOnce(List.of(
                    () -> bank.prepare(branch).kind().name(),
                    () -> bank.prepare(branch).kind().name(),
                    () -> {
                        bank.abort(branch);
                        return "aborted";
                    },
                    () -> {
                        bank.abort(branch);
                        return "aborted";
                    }));
            assertThat(answers.subList(0, 2)).isSubsetOf("PREPARED", "REFUSED");
            assertThat(account()).as("round %d: %s", round, answers).isEqualTo(NEW);
            assertThat(bank.prepare(branch).kind()).isEqualTo(Vote.Kind.REFUSED);
        }
    }

    @Test
    void confirmsAtOnce_withATryThatIsLate_useWhatIsReservedOnce() throws Exception {
        for (int round = 0; round < 30; round++) {
            execute("update account set free = 100, reserved = 0, used = 0");
            Branch branch = branch("t" + round, 1);
            bank.prepare(branch);
            atOnce(List.of(
                    () -> bank.prepare(branch),
                    () -> {
                        bank.commit(branch);
                        return null;
                    },
                    () -> {
                        bank.commit(branch);
                        return null;
                    }));
            assertThat(account()).isEqualTo(USED);
        }
    }

    @Test
    void cancelThatMeetsATry_waitsForIt_andUndoesIt() throws Exception {
        source.holdCommits();
        FutureTask<Vote> trying = new FutureTask<>(() -> bank.prepare(branch("t", 1)));
        new Thread(trying).start();
        source.awaitHeldCommit();
        FutureTask<Boolean> cancelling = meanwhile(() -> {
            bank.abort(branch("t", 1));
            return true;
        });
        source.letCommitsGo();
        assertThat(trying.get()).isEqualTo(Vote.prepared());
        assertThat(cancelling.get()).isTrue();
        assertThat(account()).isEqualTo(NEW);
        assertThat(state("t")).isEqualTo("CANCELLED");
    }

    @Test
    void tryThatMeetsACancel_waitsForIt_andIsRefused() throws Exception {
        source.holdCommits();
        FutureTask<Boolean> cancelling = new FutureTask<>(() -> {
            bank.abort(branch("t", 1));
            return true;
        });
        new Thread(cancelling).start();
        source.awaitHeldCommit();
        FutureTask<Vote> trying = meanwhile(() -> bank.prepare(branch("t", 1)));
        source.letCommitsGo();
        assertThat(cancelling.get()).isTrue();
        assertThat(trying.get().kind()).isEqualTo(Vote.Kind.REFUSED);
        assertThat(account()).isEqualTo(NEW);
    }
}
