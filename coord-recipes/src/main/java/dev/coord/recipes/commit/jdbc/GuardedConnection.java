package dev.coord.recipes.commit.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection for those who work within a transaction that somebody else ends: what would end it is refused, and so is everything
 * once it has ended. To close it has no effect. A guard against mistakes, not against those who ask a statement for its connection.
 */
final class GuardedConnection implements InvocationHandler {
    private static final Set<String> ENDING = Set.of("commit", "abort", "setAutoCommit");
    private static final String DOES_NOT_EXIST = "08003";
    private static final String INVALID_TRANSACTION_TERMINATION = "2D000";

    private final Connection real;
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

    void end() {
        ended = true;
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
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
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
