package dev.coord.recipes.commit.jdbc;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Counts a database's open connections, breaks one at a chosen call, as if this process or the network had died there, and can hold a
 * commit up.
 */
final class TestSource implements DataSource {
    /** Where a connection breaks: at that call to it or its statements, before it is made or when its answer is on the way. */
    record Break(int call, boolean answerIsLost) {}

    private final TestDatabase database;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile Break breaks = new Break(0, false);
    private volatile CountDownLatch commitsMayGo = new CountDownLatch(0);
    private volatile CountDownLatch commitIsHeld = new CountDownLatch(1);

    TestSource(TestDatabase database) {
        this.database = database;
    }

    int open() {
        return open.get();
    }

    /** Counts calls anew and breaks the connection that gets to the given one. */
    void breakAt(Break next) {
        calls.set(0);
        breaks = next;
    }

    /** Returns whether it was got to, and breaks nothing more. */
    boolean wasBroken() {
        boolean was = calls.get() >= breaks.call();
        breaks = new Break(0, false);
        return was;
    }

    /** Holds commits up until {@link #letCommitsGo}. */
    void holdCommits() {
        commitIsHeld = new CountDownLatch(1);
        commitsMayGo = new CountDownLatch(1);
    }

    void awaitHeldCommit() throws InterruptedException {
        commitIsHeld.await();
    }

    void letCommitsGo() {
        commitsMayGo.countDown();
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection real = database.connect();
        open.incrementAndGet();
        return new Link(real).wrap(Connection.class, real);
    }

    /** One connection and what was made of it. */
    private final class Link {
        private final Connection connection;
        private boolean isClosed;

        Link(Connection connection) {
            this.connection = connection;
        }

        <T> T wrap(Class<T> type, Object real) {
            return type.cast(Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {type}, (p, method, args) -> call(real, method, args)));
        }

        private Object call(Object real, Method method, Object[] args) throws Throwable {
            if (method.getDeclaringClass() == Object.class) {
                return method.getName().equals("equals") ? (Object) (args[0] == this) : delegate(real, method, args);
            }
            if (real == connection && method.getName().equals("close")) {
                close(false);
                return null;
            }
            if (isClosed) {
                throw new SQLException("broken", "08006");
            }
            int call = calls.incrementAndGet();
            Break at = breaks;
            if (call == at.call() && !at.answerIsLost()) {
                throw broken();
            }
            if (method.getName().equals("commit")) {
                commitIsHeld.countDown();
                commitsMayGo.await();
            }
            Object result = delegate(real, method, args);
            if (call == at.call()) {
                throw broken();
            }
            return result instanceof Statement
                    ? wrap(method.getReturnType().asSubclass(Statement.class), result)
                    : result;
        }

        private SQLException broken() throws SQLException {
            close(true);
            return new SQLException("broken", "08006");
        }

        /** Commits what is open, as Oracle does: so who has not rolled back is found out. */
        private void close(boolean byDeath) throws SQLException {
            if (!isClosed) {
                if (!connection.getAutoCommit()) {
                    end(byDeath);
                }
                connection.close();
                isClosed = true;
                open.decrementAndGet();
            }
        }

        private void end(boolean byDeath) throws SQLException {
            if (byDeath) {
                connection.rollback();
            } else {
                connection.commit();
            }
        }

        private static Object delegate(Object real, Method method, Object[] args) throws Throwable {
            try {
                return method.invoke(real, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
