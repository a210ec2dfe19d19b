package dev.coord.bench.side;

/** A running system that is measured. Closing it stops it. */
interface Side extends AutoCloseable {

    /** Adds what can be measured of it. */
    void offer(Works works) throws Exception;

    /** Starts a system. */
    @FunctionalInterface
    interface Start {
        Side start() throws Exception;
    }
}
