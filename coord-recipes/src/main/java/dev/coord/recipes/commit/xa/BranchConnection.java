package dev.coord.recipes.commit.xa;

import static java.util.Objects.requireNonNull;

import dev.coord.recipes.commit.xa.OpenBranch.Phase;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The application's connection to a branch, as proxies before the driver's connection and whatever comes out of it. Each call has the
 * branch's turn while it runs, so nothing reaches the driver once the branch is being ended, when the same session may already work for
 * another.
 */
final class BranchConnection {
    private static final Set<Class<?>> GUARDED =
            Set.of(Connection.class, Statement.class, ResultSet.class, DatabaseMetaData.class);
    private static final Set<String> FORBIDDEN = Set.of("commit", "abort");
    private static final Set<String> ALTERING = Set.of(
            "setTransactionIsolation",
            "setReadOnly",
            "setCatalog",
            "setSchema",
            "setHoldability",
            "setNetworkTimeout",
            "setTypeMap",
            "setClientInfo",
            "setShardingKey",
            "setShardingKeyIfValid");

    private final XaBranches branches;
    private final OpenBranch branch;
    private final Connection connection;
    private volatile boolean closed;

    private BranchConnection(XaBranches branches, OpenBranch branch, Connection driver) {
        this.branches = branches;
        this.branch = branch;
        this.connection = (Connection) guard(Connection.class, driver);
    }

    static Connection of(XaBranches branches, OpenBranch branch, Connection driver) {
        return new BranchConnection(branches, branch, driver).connection;
    }

    private Object guard(Class<?> type, Object target) {
        return Proxy.newProxyInstance(
                BranchConnection.class.getClassLoader(),
                new Class<?>[] {type},
                new Guard(target, type.getSimpleName()));
    }

    private boolean isOver() {
        return closed || !branch.isWithApplication();
    }

    /** Before one object of the driver's. */
    private final class Guard implements InvocationHandler {
        private final Object target;
        private final String type;

        Guard(Object target, String type) {
            this.target = target;
            this.type = type;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            return switch (method.getName()) {
                case "equals" -> arguments != null && proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                case "toString" -> type + " of branch " + branch.xid;
                case "isWrapperFor" -> wanted(arguments).isInstance(proxy);
                case "unwrap" -> unwrap(proxy, wanted(arguments));
                case "getConnection" -> connection;
                case "close" -> close(method);
                case "isClosed" -> isOver() || (boolean) requireNonNull(inTurn(method, arguments));
                // Comes from another thread than the one at work.
                case "cancel" -> isOver() ? null : call(method, arguments);
                default -> target instanceof Connection ? ofConnection(method, arguments) : inTurn(method, arguments);
            };
        }

        private static Class<?> wanted(@Nullable Object @Nullable [] arguments) {
            return (Class<?>) requireNonNull(requireNonNull(arguments)[0]);
        }

        private Object unwrap(Object proxy, Class<?> wanted) throws SQLException {
            if (wanted.isInstance(proxy)) {
                return proxy;
            }
            throw new SQLException("no " + wanted.getName()
                    + " to be had: what the driver's own objects do could not be kept " + "within the branch");
        }

        private @Nullable Object close(Method method) throws Throwable {
            if (target instanceof Connection) {
                closed = true;
            } else if (!isOver()) {
                inTurn(method, null);
            }
            return null;
        }

        private @Nullable Object ofConnection(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
            String name = method.getName();
            boolean commits = FORBIDDEN.contains(name)
                    || (name.equals("rollback") && arguments == null)
                    || (name.equals("setAutoCommit") && arguments != null && Boolean.TRUE.equals(arguments[0]));
            if (commits) {
                throw new SQLException(
                        name + " is not for a branch of a global transaction: commit or abort transaction "
                                + branch.xid.transaction());
            }
            if (name.equals("setAutoCommit")) {
                return null;
            }
            return inTurn(method, arguments);
        }

        private @Nullable Object inTurn(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
            enter(method);
            @Nullable Object result;
            boolean stays = false;
            try {
                branch.running(target instanceof Statement statement ? statement : null);
                result = call(method, arguments);
                note(method, result);
            } catch (SQLException e) {
                branch.failure = e;
                throw e;
            } finally {
                branch.running(null);
                stays = branches.leave(branch);
            }
            if (!stays) {
                throw over(method);
            }
            return result == null || !isGuarded(method.getReturnType())
                    ? result
                    : guard(method.getReturnType(), result);
        }

        private void enter(Method method) throws SQLException {
            if (closed || !branch.pass(Phase.OPEN, Phase.CALL)) {
                throw over(method);
            }
        }

        private void note(Method method, @Nullable Object result) {
            if (result instanceof Statement statement && target instanceof Connection) {
                branch.statements.add(statement);
            } else if (target instanceof Statement statement && method.getName().equals("close")) {
                branch.statements.remove(statement);
            } else if (target instanceof Connection && ALTERING.contains(method.getName())) {
                branch.altered = true;
            }
        }

        private @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
            try {
                return method.invoke(target, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        }

        private SQLException over(Method method) {
            String reason = method.getName() + " of branch " + branch.xid + " is refused: " + reason();
            // The one method that may not throw a plain SQLException.
            return method.getName().equals("setClientInfo")
                    ? new SQLClientInfoException(reason, Map.of())
                    : new SQLNonTransientConnectionException(reason);
        }

        private String reason() {
            if (closed) {
                return "this connection is closed";
            }
            return branch.isWithApplication()
                    ? "another thread is at work on it; a branch is for one thread at a time"
                    : "its transaction is committing, or was ended";
        }
    }

    private static boolean isGuarded(Class<?> type) {
        return GUARDED.stream().anyMatch(guarded -> guarded.isAssignableFrom(type));
    }
}
