package dev.coord.kv;

import java.util.concurrent.CompletableFuture;

/**
 * A transaction being built: if all guards hold, the {@code then} steps run, else the {@code otherwise} steps,
 * atomically. Not thread-safe; commit it once.
 *
 * <p>At most {@value #MAX_OPS} guards, {@value #MAX_OPS} steps a branch, and {@value #MAX_BYTES} bytes in all. A branch
 * may write a key once only. What the steps return, deleted and overwritten entries included, takes at most
 * {@value #MAX_RESULT_BYTES} bytes; else nothing is changed and the commit fails with
 * {@link dev.coord.LimitExceededException}.
 */
public interface Txn {
    /** The greatest number of steps in a branch, and of guards. */
    int MAX_OPS = 128;

    /** The greatest size of a transaction's keys and values in bytes, 1.5 MiB. */
    int MAX_BYTES = 3 << 19;

    /** The greatest size of what a transaction returns in bytes, 8 MiB. */
    int MAX_RESULT_BYTES = 8 << 20;

    /**
     * Adds conditions; all must hold.
     *
     * @param guards the conditions
     * @return this transaction
     */
    Txn when(Guard... guards);

    /**
     * Adds steps to run if all guards hold.
     *
     * @param ops the steps
     * @return this transaction
     */
    Txn then(Op... ops);

    /**
     * Adds steps to run if some guard does not hold.
     *
     * @param ops the steps
     * @return this transaction
     */
    Txn otherwise(Op... ops);

    /**
     * Commits and waits for the outcome. A guard that does not hold is an outcome, not an error.
     *
     * @return the outcome
     * @throws InterruptedException if interrupted while waiting; the transaction may have been applied
     * @throws IllegalArgumentException if a bound is passed or a branch writes a key twice; nothing was sent
     * @throws IllegalStateException if this transaction was committed before; nothing was sent
     * @throws dev.coord.CoordException as {@link Kv} describes for writes
     */
    TxnResult commit() throws InterruptedException;

    /**
     * Commits without waiting.
     *
     * @return the outcome; fails as {@link #commit()} does
     * @throws IllegalArgumentException if a bound is passed or a branch writes a key twice; nothing was sent
     * @throws IllegalStateException if this transaction was committed before; nothing was sent
     */
    CompletableFuture<TxnResult> commitAsync();
}
