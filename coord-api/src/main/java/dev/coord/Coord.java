package dev.coord;

import dev.coord.kv.Kv;
import dev.coord.lease.Leases;
import dev.coord.lease.Session;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.util.concurrent.Executor;

/**
 * A handle to the replicated store: one session of it. Safe for use by any thread.
 *
 * <p>Writes of a handle take effect in the order they were issued, exactly once. When its session ends, writes fail with
 * {@link SessionExpiredException} and a new handle is needed; local reads and watches go on until the handle is closed.
 */
public interface Coord extends AutoCloseable {

    /**
     * Returns the key-value store.
     *
     * @return reads, writes and transactions
     */
    Kv kv();

    /**
     * Returns the leases.
     *
     * @return grants and look-ups
     */
    Leases leases();

    /**
     * Returns this handle's session.
     *
     * @return the session
     */
    Session session();

    /**
     * Starts a watch on this peer's replica. Does not wait.
     *
     * @param spec what to watch
     * @param listener who is told
     * @return the running watch; close it when done
     * @throws LimitExceededException if the peer has too many watches
     * @throws ClosedException if the handle is closed
     */
    Watch watch(WatchSpec spec, WatchListener listener);

    /**
     * Returns the monotonic clock that this handle lives by.
     *
     * @return the clock
     */
    Ticker ticker();

    /**
     * Returns the timers on that clock.
     *
     * @return the scheduler; its tasks must not block
     */
    Scheduler scheduler();

    /**
     * Returns the threads that run listeners and the dependents of futures. They may block.
     *
     * @return the callback executor
     */
    Executor callbacks();

    /**
     * Ends the session: its leases are revoked, their keys deleted, its watches ended. Waits up to the operation timeout
     * for the store; if that cannot be reached, the session ends by its time limit. Safe to repeat.
     */
    @Override
    void close();
}
