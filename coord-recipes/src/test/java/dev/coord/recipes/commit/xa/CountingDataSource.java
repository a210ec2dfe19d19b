package dev.coord.recipes.commit.xa;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;

/** Knows which of its connections were not closed. */
final class CountingDataSource {
    private final XADataSource source;
    private final Set<XAConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger opened = new AtomicInteger();

    private final AtomicReference<String> lost = new AtomicReference<>();

    CountingDataSource(XADataSource source) {
        this.source = source;
    }

    /** Has a call of a resource take effect at the database and fail for its caller, as when the connection breaks in between. */
    void loseNextAnswerTo(String method) {
        lost.set(method);
    }

    int open() {
        return open.size();
    }

    int opened() {
        return opened.get();
    }

    /** Does what the death of the process does to its connections, whoever believes to own them. */
    void closeAll() throws SQLException {
        for (XAConnection connection : open) {
            connection.close();
            open.remove(connection);
        }
    }

    XADataSource asDataSource() {
        return (XADataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {XADataSource.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(source, arguments);
                        return result instanceof XAConnection connection ? counted(connection) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private XAConnection counted(XAConnection connection) {
        open.add(connection);
        opened.incrementAndGet();
        return (XAConnection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {XAConnection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        open.remove(connection);
                    }
                    try {
                        Object result = method.invoke(connection, arguments);
                        return result instanceof XAResource resource ? losing(resource) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private XAResource losing(XAResource resource) {
        return (XAResource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {XAResource.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(resource, arguments);
                        if (lost.compareAndSet(method.getName(), null)) {
                            throw (XAException)
                                    new XAException(XAException.XAER_RMFAIL).initCause(new SQLException("answer lost"));
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
