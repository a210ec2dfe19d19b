package dev.coord.recipes.commit.xa;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/** Connections of a data source, a bounded number of which are kept for later. */
final class SessionPool implements SessionSource, AutoCloseable {
    private final XADataSource dataSource;
    private final int timeoutSeconds;
    private final Semaphore room;
    private final ConcurrentLinkedDeque<JdbcSession> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    SessionPool(XADataSource dataSource, int maxIdle, @Nullable Duration transactionTimeout) {
        this.dataSource = dataSource;
        this.room = new Semaphore(maxIdle);
        this.timeoutSeconds =
                transactionTimeout == null ? 0 : Math.toIntExact(Math.max(1, transactionTimeout.toSeconds()));
    }

    /** One physical connection. */
    static final class JdbcSession implements XaSession {
        private final XAConnection connection;
        private final XAResource resource;
        private final boolean reused;
        private @Nullable Product product;
        private @Nullable Connection handle;

        private JdbcSession(XAConnection connection, XAResource resource, boolean reused, @Nullable Product product) {
            this.connection = connection;
            this.resource = resource;
            this.reused = reused;
            this.product = product;
        }

        @Override
        public XAResource resource() {
            return resource;
        }

        /**
         * Returns a handle that no former branch has seen. Must be called before a branch is started: the drivers of H2 and PostgreSQL end
         * what is under way when they make one.
         */
        Connection renew() throws SQLException {
            Connection renewed = connection.getConnection();
            if (product == null) {
                product = Product.named(renewed.getMetaData().getDatabaseProductName());
            }
            handle = renewed;
            return renewed;
        }

        /** Returns the handle of the branch that is open. */
        Connection handle() {
            return requireNonNull(handle);
        }

        /** Returns whose database it is; known once there was a handle. */
        Product product() {
            return requireNonNull(product);
        }

        /** Fails if the branch has failed as a whole: any statement is refused then. */
        void check(boolean aStatementHasFailed) throws SQLException {
            if (product() == Product.POSTGRESQL) {
                checkPostgres(aStatementHasFailed);
            } else {
                Connection connected = handle();
                connected.releaseSavepoint(connected.setSavepoint());
            }
        }

        private void checkPostgres(boolean aStatementHasFailed) throws SQLException {
            Optional<String> state = PostgresState.of(connection).flatMap(driver -> driver.read(handle()));
            if (state.isEmpty()) {
                try (Statement probe = handle().createStatement()) {
                    probe.execute("select 1");
                }
            } else if (state.get().equals("FAILED")) {
                throw new SQLException("current transaction is aborted: a statement has failed", "25P02");
            } else if (state.get().equals("IDLE") && aStatementHasFailed) {
                throw new SQLException("a statement has failed, and another has ended the transaction", "25P01");
            }
        }

        boolean isReused() {
            return reused;
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    @Override
    public JdbcSession open() throws SQLException, XAException {
        JdbcSession kept = idle.pollLast();
        if (kept == null) {
            return connect();
        }
        room.release();
        return kept;
    }

    private JdbcSession connect() throws SQLException, XAException {
        XAConnection connection = dataSource.getXAConnection();
        try {
            XAResource resource = connection.getXAResource();
            if (timeoutSeconds > 0) {
                resource.setTransactionTimeout(timeoutSeconds);
            }
            return new JdbcSession(connection, resource, false, null);
        } catch (SQLException | XAException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public void giveBack(XaSession session) {
        JdbcSession returned = (JdbcSession) session;
        if (closed || !room.tryAcquire()) {
            SessionSource.drop(returned);
            return;
        }
        idle.addLast(new JdbcSession(returned.connection, returned.resource, true, returned.product));
        if (closed) {
            suspect();
        }
    }

    @Override
    public void suspect() {
        for (JdbcSession kept = idle.pollLast(); kept != null; kept = idle.pollLast()) {
            room.release();
            SessionSource.drop(kept);
        }
    }

    int idle() {
        return idle.size();
    }

    @Override
    public void close() {
        closed = true;
        suspect();
    }
}
