package dev.coord.recipes.lock;

import dev.coord.kv.Guard;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.HandleState;
import dev.coord.recipes.internal.StateListeners;
import dev.coord.time.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One of the handles by which an owner holds a {@link ReentrantDistributedLock}: see {@link FencedHandle} for what it
 * promises. All open handles of an owner share the grant, hence the token, the guard and the fate: they are lost together.
 * {@link #close()} is the end of this handle; the last one's releases the lock.
 */
public final class ReentrantLockHandle implements FencedHandle {
    private final OwnerGrant grant;
    private final StateListeners states;
    private final CompletableFuture<Void> lost = new CompletableFuture<>();
    private final AtomicReference<@Nullable Deadline> closedAt = new AtomicReference<>();
    private final CompletableFuture<Void> released = new CompletableFuture<>();

    ReentrantLockHandle(OwnerGrant grant) {
        this.grant = grant;
        this.states = StateListeners.ofSession(grant.coord(), this::isValid);
    }

    @Override
    public boolean isValid() {
        return closedAt.get() == null && grant.lock().isValid();
    }

    @Override
    public Deadline validUntil() {
        Deadline closed = closedAt.get();
        return closed == null ? grant.lock().validUntil() : closed;
    }

    @Override
    public long fencingToken() {
        return grant.lock().fencingToken();
    }

    @Override
    public Guard guard() {
        return grant.lock().guard();
    }

    @Override
    public HandleState state() {
        return closedAt.get() == null ? grant.lock().state() : HandleState.LOST;
    }

    @Override
    public void onStateChange(Consumer<HandleState> listener) {
        states.add(listener);
    }

    @Override
    public CompletableFuture<Void> lost() {
        return lost;
    }

    /**
     * Returns on whose behalf it holds.
     *
     * @return the owner
     */
    public String owner() {
        return grant.owner();
    }

    /**
     * {@inheritDoc}
     *
     * <p>While the owner has other handles open, nothing is deleted and the future is done.
     */
    @Override
    public CompletableFuture<Void> closeAsync() {
        if (closedAt.compareAndSet(null, grant.now())) {
            grant.closed(this, released);
        }
        return released;
    }

    @Override
    public void close() {
        CompletableFuture<Void> ignored = closeAsync();
        if (grant.isOver()) {
            grant.lock().close(); // waits, at any call
        }
    }

    /** On a callback thread. */
    void signalLoss() {
        lost.complete(null);
        states.changed();
    }

    @Override
    public String toString() {
        return "Reentrant " + grant.lock() + " of " + owner() + (closedAt.get() == null ? "" : " (closed)");
    }
}
