package dev.coord.bench;

/** A transaction manager at work on the databases. Used by many workers at once. */
interface Contender extends AutoCloseable {
    /**
     * Adds one to the worker's row in each of the first databases, in one transaction, and commits it.
     *
     * @param participants how many databases
     * @param worker whose row; one worker does one transaction after the other
     * @return how long the commit took, in nanoseconds: from its call until it returned, when the databases have committed too
     * @throws Exception if it did not commit
     */
    long transact(int participants, int worker) throws Exception;
}
