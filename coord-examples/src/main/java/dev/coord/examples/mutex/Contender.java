package dev.coord.examples.mutex;

import java.util.concurrent.CompletableFuture;

/** A kind of mutual exclusion between the peers of a cluster. */
interface Contender {

    /** What is held; gives it back. */
    @FunctionalInterface
    interface Grant {
        /** Gives it back. */
        CompletableFuture<Void> release();
    }

    /** Asks for it at a peer. */
    CompletableFuture<Grant> acquire(String peer);

    /** Messages sent so far, as far as they are counted. */
    long messages();
}
