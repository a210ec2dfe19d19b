package dev.coord.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAResource;

/** Connections to one database, the last one returned taken first, as Coord's own participants keep them. */
final class XaPool {
    private final XADataSource source;
    private final ConcurrentLinkedDeque<Pooled> idle = new ConcurrentLinkedDeque<>();
    private final Set<XAResource> resources = ConcurrentHashMap.newKeySet();

    XaPool(String url) {
        this.source = Databases.xaDataSource(url);
    }

    /**
     * A physical connection.
     *
     * @param connection what it is
     * @param resource what takes part in transactions
     */
    record Pooled(XAConnection connection, XAResource resource) {
        /** Returns a fresh handle; to be called before a branch is started. */
        Connection handle() throws SQLException {
            return connection.getConnection();
        }
    }

    Pooled take() throws SQLException {
        Pooled kept = idle.pollLast();
        return kept == null ? connect() : kept;
    }

    private Pooled connect() throws SQLException {
        XAConnection connection = source.getXAConnection();
        Pooled pooled = new Pooled(connection, connection.getXAResource());
        resources.add(pooled.resource());
        return pooled;
    }

    void giveBack(Pooled pooled) {
        idle.addLast(pooled);
    }

    /** Tells whether a resource is one of this database's. */
    boolean owns(XAResource resource) {
        return resources.contains(resource);
    }
}
