package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.FencedException;
import dev.coord.recipes.fence.JdbcFenceGuard;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a user sees of {@link JdbcFenceGuard} on a database; each test has one that is empty. */
abstract class JdbcFenceGuardContract {
    private final JdbcFenceGuard guard = JdbcFenceGuard.standard();
    private final List<Connection> opened = new ArrayList<>();

    /** Opens a connection to this test's database. */
    protected abstract Connection connect() throws SQLException;

    /** Removes this test's database. */
    protected abstract void drop() throws SQLException;

    @BeforeEach
    void createTables() throws SQLException {
        Connection connection = begin();
        execute(connection, guard.ddl());
        execute(connection, "create table account (token bigint not null, writes int not null)");
        execute(connection, "insert into account values (0, 0)");
        connection.commit();
    }

    @AfterEach
    void closeAll() throws SQLException {
        for (Connection connection : opened) {
            connection.rollback();
            connection.close();
        }
        drop();
    }

    private synchronized Connection begin() throws SQLException {
        Connection connection = connect();
        opened.add(connection);
        connection.setAutoCommit(false);
        return connection;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private boolean tryOnce(String resource, long token) throws SQLException {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            boolean accepted = guard.tryAccept(connection, resource, token);
            connection.commit();
            return accepted;
        }
    }

    private long greatest(String resource) throws SQLException {
        try (Connection connection = connect()) {
            return guard.greatest(connection, resource).orElse(0);
        }
    }

    @Test
    void token_isAcceptedUnlessAGreaterOneWas() throws SQLException {
        assertThat(tryOnce("ledger", 5)).isTrue();
        assertThat(tryOnce("ledger", 5)).as("the same holder again").isTrue();
        assertThat(tryOnce("ledger", 4)).isFalse();
        assertThat(tryOnce("other", 1)).isTrue();
        assertThat(tryOnce("ledger", Long.MAX_VALUE)).isTrue();
        Connection late = begin();
        assertThatThrownBy(() -> guard.check(late, "ledger", 6))
                .isInstanceOf(FencedException.class)
                .hasMessageContaining("token 6 for ledger")
                .hasMessageContaining(Long.MAX_VALUE + " was accepted");
        assertThat(greatest("other")).isEqualTo(1);
    }

    @Test
    void severalChecks_inOneTransaction_seeEachOther() throws SQLException {
        Connection connection = begin();
        guard.check(connection, "a", 1);
        guard.check(connection, "b", 7);
        guard.check(connection, "a", 3);
        assertThat(guard.tryAccept(connection, "a", 2)).isFalse();
        guard.check(connection, "a", 3); // a refusal leaves the transaction usable
        connection.commit();
        assertThat(greatest("a")).isEqualTo(3);
        assertThat(greatest("b")).isEqualTo(7);
    }

    @Test
    void rolledBackToken_fencesNobody() throws SQLException {
        Connection newer = begin();
        guard.check(newer, "ledger", 9);
        newer.rollback();
        assertThat(greatest("ledger")).as("no row is left of the first use").isZero();
        assertThat(tryOnce("ledger", 5)).isTrue();
        guard.check(newer, "ledger", 9);
        newer.rollback();
        assertThat(tryOnce("ledger", 6)).isTrue();
        assertThat(greatest("ledger")).isEqualTo(6);
    }

    @Test
    void misuse_isToldAndChangesNothing() throws SQLException {
        Connection connection = begin();
        for (long token : new long[] {0, -1}) {
            assertThatThrownBy(() -> guard.check(connection, "x", token)).isInstanceOf(IllegalArgumentException.class);
        }
        for (String name : List.of("", "x".repeat(256))) {
            assertThatThrownBy(() -> guard.check(connection, name, 1)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> guard.check(connection, null, 1)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> guard.check(null, "x", 1)).isInstanceOf(NullPointerException.class);
        for (String name : List.of("", "a b", "a;drop table account", "a.b.c", "\"a\"", "1a", "a".repeat(64))) {
            assertThatThrownBy(() -> JdbcFenceGuard.onTable(name)).isInstanceOf(IllegalArgumentException.class);
        }
        connection.setAutoCommit(true);
        assertThatThrownBy(() -> guard.check(connection, "x", 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("setAutoCommit(false)");
        assertThat(greatest("x")).isZero();
        connection.setAutoCommit(false);
    }

    @Test
    void tableOfMyOwn_withRowsInsertedAhead_isUsed() throws SQLException {
        JdbcFenceGuard own = JdbcFenceGuard.onTable("my_tokens");
        Connection connection = begin();
        assertThatThrownBy(() -> own.check(connection, "a", 1)).isInstanceOf(SQLException.class);
        connection.rollback();
        execute(connection, own.ddl());
        execute(connection, "insert into my_tokens (resource, token) values ('a', 0)");
        connection.commit();
        own.check(connection, "a", 2);
        assertThat(own.tryAccept(connection, "a", 1)).isFalse();
        assertThat(own.greatest(connection, "a")).hasValue(2);
        assertThat(guard.greatest(connection, "a")).isEmpty();
    }

    @Test
    void longestName_fits() throws SQLException {
        assertThat(tryOnce("x".repeat(255), 5)).isTrue();
        assertThat(tryOnce("x".repeat(255), 4)).isFalse();
    }

    // ---- transactions that meet

    @Test
    void older_waitsForTheNewer_andIsRefused_whenThatCommits() throws Exception {
        for (String resource : List.of("known", "new")) {
            tryOnce("known", 1);
            Connection newer = begin();
            guard.check(newer, resource, 9);
            FutureTask<Boolean> older = meanwhile(() -> tryOnce(resource, 5));
            newer.commit();
            assertThat(older.get()).as(resource).isFalse();
            assertThat(greatest(resource)).isEqualTo(9);
        }
    }

    @Test
    void older_waitsForTheNewer_andIsAccepted_whenThatRollsBack() throws Exception {
        for (String resource : List.of("known", "new")) {
            tryOnce("known", 1);
            Connection newer = begin();
            guard.check(newer, resource, 9);
            FutureTask<Boolean> older = meanwhile(() -> tryOnce(resource, 5));
            newer.rollback();
            assertThat(older.get()).as(resource).isTrue();
            assertThat(greatest(resource)).isEqualTo(5);
        }
    }

    @Test
    void newer_waitsForTheOlder_andWritesAfterIt() throws Exception {
        for (String resource : List.of("known", "new")) {
            tryOnce("known", 1);
            Connection older = begin();
            guard.check(older, resource, 5);
            FutureTask<Boolean> newer = meanwhile(() -> tryOnce(resource, 9));
            older.commit();
            assertThat(newer.get()).as(resource).isTrue();
            assertThat(tryOnce(resource, 5)).isFalse();
        }
    }

    @Test
    void older_isNeverAccepted_atAnyIsolation_onceTheNewerHasCommitted() throws SQLException {
        for (int level : new int[] {
            Connection.TRANSACTION_READ_COMMITTED,
            Connection.TRANSACTION_REPEATABLE_READ,
            Connection.TRANSACTION_SERIALIZABLE
        }) {
            for (String resource : List.of("known" + level, "new" + level)) {
                tryOnce("known" + level, 1);
                Connection older = connect();
                older.setTransactionIsolation(level);
                older.setAutoCommit(false);
                execute(older, "select token from account"); // its snapshot is taken here, where there is one
                assertThat(tryOnce(resource, 9)).isTrue();
                assertThat(acceptedInTheEnd(older, resource, 5)).as(resource).isFalse();
                assertThat(acceptedInTheEnd(older, resource, 10)).as(resource).isTrue();
                older.close();
            }
        }
    }

    /** As a user would: roll back and run the transaction again when the database says that it met another. */
    private boolean acceptedInTheEnd(Connection connection, String resource, long token) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                boolean accepted = guard.tryAccept(connection, resource, token);
                connection.commit();
                return accepted;
            } catch (SQLException e) {
                connection.rollback();
                if (attempt == 3) {
                    throw e;
                }
            }
        }
    }

    @Test
    void firstUse_byManyAtOnce_isOneRow() throws Exception {
        for (int round = 0; round < 20; round++) {
            String resource = "r" + round;
            AtomicInteger accepted = new AtomicInteger();
            CountDownLatch ready = new CountDownLatch(4);
            inParallel(4, (connection, thread) -> {
                ready.countDown();
                ready.await();
                if (guard.tryAccept(connection, resource, thread + 1)) {
                    accepted.incrementAndGet();
                }
                connection.commit();
            });
            assertThat(greatest(resource)).isEqualTo(4);
            assertThat(accepted.get()).isPositive();
        }
    }

    @Test
    void concurrentWriters_neverWriteUnderAnOlderToken_andLoseNoUpdate() throws Exception {
        AtomicInteger committed = new AtomicInteger();
        inParallel(4, (connection, thread) -> {
            Random random = new Random(thread);
            for (int i = 1; i <= 100; i++) {
                long token = i + random.nextInt(20);
                if (!guard.tryAccept(connection, "account", token)) {
                    connection.rollback();
                } else {
                    write(connection, token);
                    if (random.nextInt(4) == 0) {
                        connection.rollback();
                    } else {
                        connection.commit();
                        committed.incrementAndGet();
                    }
                }
            }
        });
        Connection connection = begin();
        try (ResultSet row = connection.createStatement().executeQuery("select token, writes from account")) {
            row.next();
            assertThat(row.getLong(1)).isEqualTo(greatest("account"));
            assertThat(row.getInt(2)).isEqualTo(committed.get()).isPositive();
        }
    }

    /** Reads, checks and writes as a fenced writer does, who alone is at work. */
    private static void write(Connection connection, long token) throws SQLException {
        int writes;
        try (ResultSet row = connection.createStatement().executeQuery("select token, writes from account")) {
            row.next();
            assertThat(row.getLong(1)).as("a newer one has written").isLessThanOrEqualTo(token);
            writes = row.getInt(2);
        }
        execute(connection, "update account set token = " + token + ", writes = " + (writes + 1));
    }

    @Test
    void randomTransactions_agreeWithANumber() throws SQLException {
        Connection connection = begin();
        for (long seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            String resource = "r" + seed;
            long committed = 0;
            long model = 0;
            for (int step = 0; step < 20; step++) {
                long token = 1 + random.nextInt(12);
                assertThat(guard.tryAccept(connection, resource, token))
                        .as("seed %d step %d", seed, step)
                        .isEqualTo(token >= model);
                model = Math.max(model, token);
                if (random.nextInt(3) == 0) {
                    connection.rollback();
                    model = committed;
                } else if (random.nextBoolean()) {
                    connection.commit();
                    committed = model;
                }
                assertThat(guard.greatest(connection, resource).orElse(0)).isEqualTo(model);
            }
            connection.rollback();
        }
    }

    /** Starts a check on a thread of its own and returns when it waits for a lock of the database. */
    private static <T> FutureTask<T> meanwhile(Callable<T> check) {
        FutureTask<T> task = new FutureTask<>(check);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        while (!isWaiting(thread)) {
            assertThat(task.isDone()).as("it did not wait").isFalse();
            Thread.onSpinWait();
        }
        return task;
    }

    /** H2 waits for another's insert by trying again and again. */
    private static boolean isWaiting(Thread thread) {
        return thread.getState() == Thread.State.WAITING
                || thread.getState() == Thread.State.TIMED_WAITING
                || Stream.of(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(JdbcFenceGuard.class.getName())
                                && frame.getMethodName().equals("insert"));
    }

    private interface Work {
        void run(Connection connection, int thread) throws Exception;
    }

    private void inParallel(int threads, Work work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Connection connection = begin();
                int thread = i;
                all.add(pool.submit(() -> {
                    work.run(connection, thread);
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
