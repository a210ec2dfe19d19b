package dev.coord.recipes.commit.xa;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.XAConnection;

/**
 * Asks PostgreSQL's driver for what the server has said last of the transaction: each answer tells whether it has failed. So a failed
 * one is known without another round trip.
 */
final class PostgresState {

    private static final ClassValue<Optional<PostgresState>> KNOWN = new ClassValue<>() {
        @Override
        protected Optional<PostgresState> computeValue(Class<?> type) {
            return find(type);
        }
    };

    private final Class<?> driverConnection;
    private final Method state;

    private PostgresState(Class<?> driverConnection, Method state) {
        this.driverConnection = driverConnection;
        this.state = state;
    }

    /** Finds the driver's method; empty if this is another driver, a wrapper, or a version without it. */
    static Optional<PostgresState> of(XAConnection connection) {
        return KNOWN.get(connection.getClass());
    }

    private static Optional<PostgresState> find(Class<?> xaConnection) {
        try {
            Class<?> type = Class.forName("org.postgresql.core.BaseConnection", false, xaConnection.getClassLoader());
            return Optional.of(new PostgresState(type, type.getMethod("getTransactionState")));
        } catch (ReflectiveOperationException | LinkageError e) {
            return Optional.empty();
        }
    }

    /** Tells the state of the transaction: IDLE, OPEN or FAILED; empty if the driver does not say. */
    Optional<String> read(Connection handle) {
        try {
            return Optional.ofNullable(state.invoke(handle.unwrap(driverConnection)))
                    .map(Object::toString);
        } catch (SQLException | ReflectiveOperationException | RuntimeException e) {
            return Optional.empty(); // whatever a pool's wrapper makes of it
        }
    }
}
