package dev.coord.raft.internal.client;

import java.util.concurrent.CompletableFuture;

/**
 * A future that is handed to users and that only we complete. Whoever sees it done sees everything that was decided before;
 * its dependents run afterwards, on the thread that fires it.
 */
final class Signal extends CompletableFuture<Void> {

    /** Completes the signal. */
    void fire() {
        super.complete(null);
    }

    @Override
    public boolean complete(Void value) {
        return false;
    }

    @Override
    public boolean completeExceptionally(Throwable error) {
        return false;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return false;
    }

    @Override
    public void obtrudeValue(Void value) {
        throw new UnsupportedOperationException("a signal is not the user's to complete");
    }

    @Override
    public void obtrudeException(Throwable error) {
        throw new UnsupportedOperationException("a signal is not the user's to complete");
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
