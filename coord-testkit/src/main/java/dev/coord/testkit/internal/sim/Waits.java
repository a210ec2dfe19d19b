package dev.coord.testkit.internal.sim;

import java.util.concurrent.CompletableFuture;

/** How a thread waits for a future of the simulation. */
@FunctionalInterface
interface Waits {
    /** Returns when the future is done. */
    void await(CompletableFuture<?> future) throws InterruptedException;
}
