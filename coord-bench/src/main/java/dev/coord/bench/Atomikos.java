package dev.coord.bench;

import com.atomikos.datasource.ResourceException;
import com.atomikos.datasource.xa.XATransactionalResource;
import com.atomikos.icatch.config.Configuration;
import com.atomikos.icatch.jta.UserTransactionManager;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.transaction.xa.XAResource;

/** Atomikos, with its log as it comes, and room for all transactions in flight. One in each JVM. */
final class Atomikos implements Jta {
    private static final Logger LOGGER = Logger.getLogger("com.atomikos");

    private final UserTransactionManager manager = new UserTransactionManager();

    Atomikos(Path directory, List<XaPool> pools) throws Exception {
        LOGGER.setLevel(Level.SEVERE); // it advertises itself as a warning, and what fails is thrown
        System.setProperty("com.atomikos.icatch.log_base_dir", directory.toString());
        System.setProperty("com.atomikos.icatch.max_actives", "1000");
        for (int i = 0; i < pools.size(); i++) {
            Configuration.addResource(new Database("db" + i, pools.get(i)));
        }
        manager.init();
    }

    /** Tells Atomikos which resources are whose. */
    private static final class Database extends XATransactionalResource {
        private final XaPool pool;

        Database(String name, XaPool pool) {
            super(name);
            this.pool = pool;
        }

        @Override
        public boolean usesXAResource(XAResource resource) {
            return pool.owns(resource);
        }

        @Override
        protected XAResource refreshXAConnection() {
            try {
                return pool.take().resource(); // kept for recovery
            } catch (SQLException e) {
                throw new ResourceException("cannot connect", e);
            }
        }
    }

    @Override
    public void begin() throws Exception {
        manager.begin();
    }

    @Override
    public void enlist(XAResource resource) throws Exception {
        if (!manager.getTransaction().enlistResource(resource)) {
            throw new IllegalStateException("Atomikos did not enlist " + resource);
        }
    }

    @Override
    public void delist(XAResource resource) throws Exception {
        manager.getTransaction().delistResource(resource, XAResource.TMSUCCESS);
    }

    @Override
    public void commit() throws Exception {
        manager.commit();
    }

    @Override
    public void close() {
        manager.close();
    }
}
