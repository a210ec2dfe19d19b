package dev.coord.recipes.commit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.FencedException;
import dev.coord.kv.Value;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.HeuristicException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What all contracts need: a database with the branch table and an account, of which no connection must stay open. */
abstract class JdbcContract {
    static final List<String> CALLS = List.of("tryBranch", "confirm", "cancel", "decideYes", "decideNo");

    final TestDatabase database;
    final TestSource source;
    final BranchTable table = BranchTable.standard("/tx");
    private final List<Connection> begun = new ArrayList<>();

    JdbcContract(TestDatabase database) {
        this.database = database;
        this.source = new TestSource(database);
    }

    @BeforeEach
    void createTables() throws Exception {
        execute(table.ddl());
        execute("create table account (free int not null, reserved int not null, used int not null)");
        execute("insert into account values (100, 0, 0)");
    }

    @AfterEach
    void nothingIsOpen() throws SQLException {
        for (Connection connection : begun) {
            connection.rollback();
            connection.close();
        }
        try {
            assertThat(source.open()).as("connections left open").isZero();
        } finally {
            database.drop();
        }
    }

    /** Begins a local transaction that the test ends. */
    Connection begin() throws SQLException {
        Connection connection = database.connect();
        begun.add(connection);
        connection.setAutoCommit(false);
        return connection;
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = database.connect()) {
            execute(connection, sql);
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Returns what is free, reserved and used of the account. */
    String account() throws SQLException {
        return query("select free, reserved, used from account");
    }

    String query(String sql) throws SQLException {
        try (Connection connection = database.connect();
                ResultSet row = connection.createStatement().executeQuery(sql)) {
            StringBuilder found = new StringBuilder();
            while (row.next()) {
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    found.append(found.isEmpty() ? "" : " ").append(row.getString(i));
                }
            }
            return found.toString();
        }
    }

    String state(String transaction) throws SQLException {
        return query("select state from coord_branch where transaction_id = '" + transaction + "'");
    }

    static Branch branch(String transaction, long token) {
        return new Branch(transaction, "bank", token, Value.of("30"));
    }

    /** Calls by name, and returns the answer or the kind of the refusal. */
    static String call(BranchTable table, Connection connection, String call, Branch branch) throws SQLException {
        try {
            return switch (call) {
                case "tryBranch" -> table.tryBranch(connection, branch).name();
                case "confirm" -> table.confirm(connection, branch).name();
                case "cancel" -> table.cancel(connection, branch).name();
                case "decideYes", "decideNo" -> {
                    BranchTable.Decision decision = table.decide(connection, branch, call.equals("decideYes"));
                    yield (decision.isOurs() ? "ours " : "") + decision.confirmed();
                }
                default -> throw new AssertionError(call);
            };
        } catch (FencedException e) {
            return "FENCED";
        } catch (HeuristicException e) {
            return e.kind().name();
        } catch (IllegalStateException e) {
            return "MISUSED";
        }
    }

    /** One call in a local transaction of its own. */
    String once(String call, Branch branch) throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            String answer = call(table, connection, call, branch);
            connection.commit();
            return answer;
        }
    }

    /** Starts a call on a thread of its own and returns when it waits for a lock of the database. */
    static <T> FutureTask<T> meanwhile(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        while (!isWaiting(thread)) {
            assertThat(task.isDone()).as("it did not wait").isFalse();
            assertThat(Thread.currentThread().isInterrupted()).as("timed out").isFalse();
            Thread.onSpinWait();
        }
        return task;
    }

    /** H2 waits by trying again and again, at times; with a server the thread only seems to read. */
    private static boolean isWaiting(Thread thread) {
        List<String> frames = Stream.of(thread.getStackTrace())
                .map(StackTraceElement::getClassName)
                .toList();
        return frames.contains(BranchRows.class.getName())
                && (thread.getState() != Thread.State.RUNNABLE
                        || frames.stream()
                                .anyMatch(each -> each.endsWith(".TransactionMap") || each.contains(".Socket")));
    }

    /** Runs all at once, each on a thread of its own, and returns their answers. */
    static <T> List<T> atOnce(List<Callable<T>> tasks) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(tasks.size());
        CyclicBarrier barrier = new CyclicBarrier(tasks.size());
        try {
            List<Future<T>> all = new ArrayList<>();
            for (Callable<T> task : tasks) {
                all.add(pool.submit(() -> {
                    barrier.await();
                    return task.call();
                }));
            }
            List<T> answers = new ArrayList<>();
            for (Future<T> each : all) {
                answers.add(each.get());
            }
            return answers;
        } finally {
            pool.shutdownNow();
        }
    }
}
