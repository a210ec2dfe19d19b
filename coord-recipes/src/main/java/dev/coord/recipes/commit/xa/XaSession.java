package dev.coord.recipes.commit.xa;

import javax.transaction.xa.XAResource;

/**
 * An {@link XAResource} with what has to be closed after its use: a JMS session and its connection, for example. Used by one call at a
 * time.
 */
public interface XaSession extends AutoCloseable {

    /**
     * Returns the resource.
     *
     * @return the same at each call
     */
    XAResource resource();

    /**
     * Lets go of the resource and what it hangs on. Called once. What it throws is ignored: there is nothing left to do with it.
     *
     * @throws Exception if it fails
     */
    @Override
    void close() throws Exception;
}
