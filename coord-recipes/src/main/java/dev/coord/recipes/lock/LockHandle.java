package dev.coord.recipes.lock;

import dev.coord.kv.Guard;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.HandleState;
import dev.coord.recipes.internal.Holding;
import dev.coord.time.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A lock that was granted: see {@link FencedHandle} for what it promises. {@link #close()} releases it. */
public final class LockHandle implements FencedHandle {
    private final Holding holding;

    LockHandle(Holding holding) {
        this.holding = holding;
    }

    @Override
    public boolean isValid() {
        return holding.isValid();
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
    public CompletableFuture<Void> lost() {
        return holding.lost();
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
        return "Lock " + holding;
    }
}
