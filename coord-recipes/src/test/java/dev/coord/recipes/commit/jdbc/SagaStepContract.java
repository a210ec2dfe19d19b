package dev.coord.recipes.commit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.FencedException;
import dev.coord.kv.Value;
import dev.coord.recipes.commit.StepCall;
import dev.coord.recipes.commit.StepRefusedException;
import dev.coord.recipes.commit.TransactionStatus;
import dev.coord.recipes.commit.jdbc.TestSource.Break;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** What a coordinator and an application see of {@link JdbcSagaStep} on a database. */
abstract class SagaStepContract extends JdbcContract {
    private static final String NEW = "100 0 0";
    private static final String USED = "70 0 30";
    private static final int MOST_CALLS = 60;

    private final JdbcSagaStep step = JdbcSagaStep.of(source, table, new Spending());

    SagaStepContract(TestDatabase database) {
        super(database);
    }

    /** Spends money of the account; checks nothing, as it need not. */
    private static class Spending implements SagaWork {
        @Override
        public void act(Connection connection, StepCall call) throws Exception {
            move(connection, "free", "used", call);
        }

        @Override
        public void compensate(Connection connection, StepCall call) throws Exception {
            move(connection, "used", "free", call);
        }

        @Override
        public Value result(Connection connection, StepCall call) throws Exception {
            try (ResultSet row = connection.createStatement().executeQuery("select used from account")) {
                row.next();
                return Value.of(row.getString(1));
            }
        }

        static void move(Connection connection, String from, String to, StepCall call) throws SQLException {
            String amount = call.input().asString();
            execute(
                    connection,
                    "update account set " + from + " = " + from + " - " + amount + ", " + to + " = " + to + " + "
                            + amount);
        }
    }

    private static StepCall call(String saga, long token) {
        return new StepCall(saga, "bank", token, 1, Value.of("30"), Map.of());
    }

    private static StepCall call(String saga) {
        return call(saga, 1);
    }

    @Test
    void action_isDone_andUndone() throws Exception {
        assertThat(step.act(call("s"))).isEqualTo(Value.of("30"));
        assertThat(account()).isEqualTo(USED);
        assertThat(state("s")).isEqualTo("DONE");
        step.compensate(call("s"));
        assertThat(account()).isEqualTo(NEW);
        assertThat(state("s")).isEqualTo("CANCELLED");
    }

    @Test
    void repeatedCalls_haveNoEffect_andAnswerTheSame() throws Exception {
        for (int i = 1; i <= 3; i++) {
            assertThat(step.act(call("s", i))).isEqualTo(Value.of("30"));
            assertThat(account()).isEqualTo(USED);
        }
        for (int i = 3; i <= 5; i++) {
            step.compensate(call("s", i));
            assertThat(account()).isEqualTo(NEW);
        }
    }

    @Test
    void compensationOfWhatNeverHappened_isEmpty_andTheActionThatHangsIsRefused() throws Exception {
        step.compensate(call("s"));
        assertThat(account()).isEqualTo(NEW);
        assertThatThrownBy(() -> step.act(call("s")))
                .isInstanceOf(StepRefusedException.class)
                .hasMessageContaining("comes after its compensation");
        assertThatThrownBy(() -> step.act(call("s", 2))).isInstanceOf(StepRefusedException.class);
        assertThat(account()).isEqualTo(NEW);
        assertThat(state("s")).isEqualTo("CANCELLED");
    }

    @Test
    void formerCoordinator_isRefusedByToken() throws Exception {
        step.act(call("s", 5));
        assertThatThrownBy(() -> step.act(call("s", 4))).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> step.compensate(call("s", 4))).isInstanceOf(FencedException.class);
        assertThat(account()).isEqualTo(USED);
        step.compensate(call("s", 6));
        assertThatThrownBy(() -> step.act(call("s", 5))).isInstanceOf(FencedException.class);
        assertThat(account()).isEqualTo(NEW);
    }

    @Test
    void actionThatRefusesOrFails_leavesNothing_andMayComeAgain() throws Exception {
        List<Exception> failures = new ArrayList<>(List.of(new StepRefusedException("no"), new SQLException("busy")));
        JdbcSagaStep failing = JdbcSagaStep.of(source, table, new Spending() {
            @Override
            public void act(Connection connection, StepCall call) throws Exception {
                super.act(connection, call);
                if (!failures.isEmpty()) {
                    throw failures.remove(0);
                }
            }
        });
        assertThatThrownBy(() -> failing.act(call("s"))).isInstanceOf(StepRefusedException.class);
        assertThat(state("s")).isEmpty();
        assertThatThrownBy(() -> failing.act(call("s"))).isInstanceOf(SQLException.class);
        assertThat(account()).isEqualTo(NEW);
        failing.act(call("s"));
        assertThat(account()).isEqualTo(USED);
    }

    @Test
    void application_cannotEndTheLocalTransaction() throws Exception {
        JdbcSagaStep committing = JdbcSagaStep.of(source, table, new Spending() {
            @Override
            public void act(Connection connection, StepCall call) throws Exception {
                super.act(connection, call);
                connection.commit();
            }
        });
        assertThatThrownBy(() -> committing.act(call("s"))).isInstanceOf(SQLException.class);
        assertThat(account()).isEqualTo(NEW);
    }

    /** Breaks the connection at each of its calls, before it and after, and repeats what failed. */
    @Test
    void connectionThatBreaksAnywhere_leavesAllOrNothing_andTheRepetitionIsOnce() throws Exception {
        int broken = 0;
        for (int at = 1; at < MOST_CALLS; at++) {
            for (boolean answerIsLost : new boolean[] {false, true}) {
                String saga = "s" + at + answerIsLost;
                broken += broken(new Break(at, answerIsLost), () -> step.act(call(saga, 1)));
                assertThat(account()).isEqualTo(state(saga).isEmpty() ? NEW : USED);
                assertThat(step.act(call(saga, 2))).isEqualTo(Value.of("30"));
                assertThat(account()).isEqualTo(USED);
                broken += broken(new Break(at, answerIsLost), () -> {
                    step.compensate(call(saga, 3));
                    return null;
                });
                assertThat(account()).isEqualTo(state(saga).equals("DONE") ? USED : NEW);
                step.compensate(call(saga, 4));
                assertThat(account()).isEqualTo(NEW);
            }
        }
        assertThat(broken).isBetween(20, MOST_CALLS * 4 - 10);
    }

    private int broken(Break where, Callable<?> call) throws Exception {
        source.breakAt(where);
        try {
            call.call();
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("08006");
        }
        return source.wasBroken() ? 1 : 0;
    }

    @Test
    void compensationWaitsForTheActionUnderWay_andUndoesIt() throws Exception {
        source.holdCommits();
        FutureTask<Value> acting = new FutureTask<>(() -> step.act(call("s")));
        Thread thread = new Thread(acting);
        thread.setDaemon(true);
        thread.start();
        source.awaitHeldCommit();
        FutureTask<Object> undoing = meanwhile(() -> {
            step.compensate(call("s"));
            return null;
        });
        source.letCommitsGo();
        acting.get();
        undoing.get();
        assertThat(account()).isEqualTo(NEW);
        assertThat(state("s")).isEqualTo("CANCELLED");
    }

    @Test
    void manyAtOnce_countOnce() throws Exception {
        List<Callable<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(() -> step.act(call("s")).equals(Value.of("30")));
        }
        assertThat(atOnce(calls)).containsOnly(true);
        assertThat(account()).isEqualTo(USED);
    }

    @Test
    void rowsOfSagas_areNotInDoubt_andGoWhenTheirSagaHasEnded() throws Exception {
        step.act(call("running"));
        step.act(call("committed"));
        step.compensate(call("aborted"));
        Connection connection = begin();
        assertThat(table.tried(connection, "bank")).isEmpty();
        connection.rollback();
        assertThat(table.purge(source, Duration.ZERO, id -> switch (id) {
                    case "running" -> TransactionStatus.PREPARING;
                    case "committed" -> TransactionStatus.COMMITTED;
                    default -> TransactionStatus.ABORTED;
                }))
                .isEqualTo(2);
        assertThat(state("running")).isEqualTo("DONE");
        assertThat(state("committed")).isEmpty();
    }
}
