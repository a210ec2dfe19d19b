package dev.coord.bench;

import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.internal.arjuna.objectstore.hornetq.HornetqJournalEnvironmentBean;
import com.arjuna.ats.internal.arjuna.objectstore.hornetq.HornetqObjectStoreAdaptor;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import jakarta.transaction.TransactionManager;
import java.nio.file.Path;
import java.util.List;
import javax.transaction.xa.XAResource;

/** Narayana, with a file for each decision as it comes, or with its journal and both phases in parallel. One in each JVM. */
final class Narayana implements Jta {
    private final TransactionManager manager;

    private Narayana() {
        manager = com.arjuna.ats.jta.TransactionManager.transactionManager();
    }

    static Narayana asItComes(Path directory) throws Exception {
        arjPropertyManager.getCoreEnvironmentBean().setNodeIdentifier("bench");
        for (String store : List.of("default", "communicationStore", "stateStore")) {
            BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, store)
                    .setObjectStoreDir(directory.resolve("store").toString());
        }
        return new Narayana();
    }

    static Narayana tuned(Path directory) throws Exception {
        arjPropertyManager
                .getObjectStoreEnvironmentBean()
                .setObjectStoreType(HornetqObjectStoreAdaptor.class.getName());
        BeanPopulator.getDefaultInstance(HornetqJournalEnvironmentBean.class)
                .setStoreDir(directory.resolve("journal").toString());
        arjPropertyManager.getCoordinatorEnvironmentBean().setAsyncPrepare(true);
        arjPropertyManager.getCoordinatorEnvironmentBean().setAsyncCommit(true);
        return asItComes(directory);
    }

    @Override
    public void begin() throws Exception {
        manager.begin();
    }

    @Override
    public void enlist(XAResource resource) throws Exception {
        if (!manager.getTransaction().enlistResource(resource)) {
            throw new IllegalStateException("Narayana did not enlist " + resource);
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
    public void close() {}
}
