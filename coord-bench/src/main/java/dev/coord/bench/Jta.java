package dev.coord.bench;

import javax.transaction.xa.XAResource;

/** A transaction manager of the Jakarta kind, whichever package names it is written to. Transactions belong to threads. */
interface Jta extends AutoCloseable {
    void begin() throws Exception;

    void enlist(XAResource resource) throws Exception;

    /** Says that the work at a resource is done. */
    void delist(XAResource resource) throws Exception;

    void commit() throws Exception;
}
