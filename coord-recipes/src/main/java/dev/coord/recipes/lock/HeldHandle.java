package dev.coord.recipes.lock;

import dev.coord.kv.Guard;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.HandleState;
import dev.coord.recipes.internal.Holding;
import dev.coord.time.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What the handles of all kinds of locks share: each is a place among the holders of a queue. */
abstract class HeldHandle implements FencedHandle {
    private final Holding holding;

    HeldHandle(Holding holding) {
        this.holding = holding;
    }

    @Override
    public boolean isValid() {
        return holding.isValid();
    }

    @Override
    public Deadline validUntil() {
        return holding.validUntil();
    }

    @Override
    public long fencingToken() {
        return holding.fencingToken();
    }

    @Override
    public Guard guard() {
        return holding.guard();
    }

    @Override
    public HandleState state() {
        return holding.state();
    }

    @Override
    public void onStateChange(Consumer<HandleState> listener) {
        holding.onStateChange(listener);
    }

    @Override
    public CompletableFuture<Void> lost() {
        return holding.lost();
    }

    /**
     * Returns the signal that somebody {@linkplain Acquirable#requestRelease() asked} for what is held. Nothing is
     * taken away: to let go, soon or at all, is up to the holder. Dependents run on the peer's callback threads.
     *
     * @return a future that completes normally when the request has reached this peer, and perhaps never; the same at each
     *     call
     */
    public CompletableFuture<Void> releaseRequested() {
        return holding.releaseAsked();
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        return holding.closeAsync();
    }

    @Override
    public void close() {
        holding.close();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + " " + holding;
    }
}
