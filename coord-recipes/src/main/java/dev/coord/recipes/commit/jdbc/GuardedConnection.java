package dev.coord.recipes.commit.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A connection for those who work within a transaction that somebody else ends: what would end it is refused, and so is everything
 * once it has ended, also through a statement that was had before: on the connection as it is afterwards that would be committed by
 * itself. To close it has no effect. A guard against mistakes, not against those who ask a statement for its connection.
 */
final class GuardedConnection implements InvocationHandler {
    private static final Set<String> ENDING = Set.of("commit", "abort", "setAutoCommit");
    private static final String DOES_NOT_EXIST = "08003";
    private static final String INVALID_TRANSACTION_TERMINATION = "2D000";

    private static final int TIDIED_EVERY = 256;

    private final Connection real;
    private final Set<Statement> statements = ConcurrentHashMap.newKeySet();
    private final AtomicInteger handedOut = new AtomicInteger();
    private volatile boolean ended;

    private GuardedConnection(Connection real) {
        this.real = real;
    }

    static GuardedConnection of(Connection real) {
        return new GuardedConnection(real);
    }

    /** Does work on a view of the connection that ends with the work. */
    static <T> T within(Connection connection, LocalTransaction.Work<T> work) throws Exception {
        GuardedConnection guard = of(connection);
        try {
            return work.run(guard.view());
        } finally {
            guard.end();
        }
    }

    Connection view() {
        return (Connection)
                Proxy.newProxyInstance(Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
    }

    /** Ends the view and its statements; to be called before the transaction is ended. Waits for a statement at work if the driver does. */
    void end() {
        ended = true;
        statements.forEach(GuardedConnection::close);
        statements.clear();
    }

    /** Returns how many statements are remembered; some may be closed. */
    int remembered() {
        return statements.size();
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        List<Object> given = arguments == null ? List.of() : Arrays.asList(arguments);
        if (method.getDeclaringClass() == Object.class) {
            return ofObject(proxy, method.getName(), given);
        }
        return switch (method.getName()) {
            case "close" -> null;
            case "isClosed" -> ended || real.isClosed();
            default -> {
                checkOpen();
                yield endsTheTransaction(method.getName(), given) ? refuse(method, given) : delegate(method, arguments);
            }
        };
    }

    private void checkOpen() throws SQLException {
        if (ended) {
            throw new SQLNonTransientConnectionException(
                    "the transaction that this connection belonged to has ended", DOES_NOT_EXIST);
        }
    }

    private static boolean endsTheTransaction(String method, List<Object> arguments) {
        return ENDING.contains(method) || (method.equals("rollback") && arguments.isEmpty());
    }

    private static @Nullable Object refuse(Method method, List<Object> arguments) throws SQLException {
        if (method.getName().equals("setAutoCommit") && arguments.contains(false)) {
            return null; // It is off, and some frameworks see to that themselves.
        }
        throw new SQLException(
                method.getName() + ": this connection works within a global transaction, and ends with that; "
                        + "commit or abort that",
                INVALID_TRANSACTION_TERMINATION);
    }

    private @Nullable Object delegate(Method method, Object @Nullable [] arguments) throws Throwable {
        @Nullable Object result;
        try {
            result = method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
        if (result instanceof Statement statement) {
            remember(statement);
        }
        return result;
    }

    private void remember(Statement statement) throws SQLException {
        statements.add(statement);
        if (ended) { // meanwhile, perhaps too late for end() to have seen it
            close(statement);
            checkOpen();
        }
        if (handedOut.incrementAndGet() % TIDIED_EVERY == 0) {
            statements.removeIf(GuardedConnection::isClosed);
        }
    }

    private static void close(Statement statement) {
        try {
            statement.close();
        } catch (SQLException | RuntimeException e) {
            // The connection is broken, and with it the statement.
        }
    }

    private static boolean isClosed(Statement statement) {
        try {
            return statement.isClosed();
        } catch (SQLException e) {
            return false; // end() closes it
        }
    }

    private Object ofObject(Object proxy, String method, List<Object> arguments) {
        return switch (method) {
            case "equals" -> proxy == arguments.get(0);
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "GuardedConnection(" + real + ")";
        };
    }
}
