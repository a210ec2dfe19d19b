package dev.coord.recipes.lock;

import dev.coord.FencedException;
import dev.coord.kv.Guard;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.HandleState;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Grip;
import dev.coord.recipes.internal.Holding;
import dev.coord.recipes.internal.StateListeners;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A readers-writers lock held to write: see {@link FencedHandle} for what it promises. {@link #close()} releases it; if it
 * came of an {@linkplain ReadLockHandle#tryUpgrade upgrade}, closing goes back to reading, by the handle that was upgraded.
 *
 * <p>Its {@link #guard()} no longer holds once it was downgraded, though the key of the holder stays: a write that comes late,
 * while readers read or after others have written, is refused.
 */
public final class WriteLockHandle extends HeldHandle {
    private final Grip grip;
    private final Holding holding;
    /** What it was upgraded from; null if it was granted to write. */
    private final @Nullable ReadLockHandle base;

    private final long token;
    private final Guard guard;
    private final StateListeners states;
    private final CompletableFuture<Void> lost = new CompletableFuture<>();
    /** Set when this goes back to reading. */
    private final AtomicReference<@Nullable Return> returned = new AtomicReference<>();

    private record Return(Deadline at, CompletableFuture<Void> inStore) {}

    WriteLockHandle(Grip grip) {
        this(grip, null, grip.holding().fencingToken(), grip.writing(Grip.ALL));
    }

    WriteLockHandle(Grip grip, ReadLockHandle base, Grip.Raised raised) {
        this(grip, base, raised.token(), grip.writing(raised.permits()));
    }

    private WriteLockHandle(Grip grip, @Nullable ReadLockHandle base, long token, Guard guard) {
        super(grip.holding());
        this.grip = grip;
        this.holding = grip.holding();
        this.base = base;
        this.token = token;
        this.guard = guard;
        this.states = StateListeners.ofSession(holding.coord(), this::isValid);
        Async.onSignal(holding.lost(), lost, this::signalLoss);
    }

    /**
     * Goes on as a reader, without a gap; of a lock that was granted to write, with the same token. This handle is lost at once, and closing it does nothing any
     * more; what is returned is to be closed. Does not wait, as a writer may read; the readers that wait enter when the store
     * has heard of it, for which it tries as long as it takes.
     *
     * @return the lock, held to read; of an upgrade, the handle that was upgraded
     * @throws IllegalStateException if it was downgraded before
     * @throws FencedException if it is lost
     */
    public ReadLockHandle downgrade() {
        if (!holding.isValid()) {
            throw new FencedException(holding + ": there is nothing left to downgrade; acquire it anew");
        }
        if (!goBack()) {
            throw new IllegalStateException(holding + " was downgraded before: use what that returned");
        }
        ReadLockHandle reader = base;
        return reader == null ? new ReadLockHandle(grip) : reader;
    }

    private boolean goBack() {
        Return now = new Return(Deadline.after(holding.coord().ticker(), Duration.ZERO), new CompletableFuture<>());
        if (!returned.compareAndSet(null, now)) {
            return false;
        }
        Async.callBack(holding.coord(), this::signalLoss);
        Async.run(grip::lower, (done, failure) -> now.inStore().complete(null));
        return true;
    }

    /** On a callback thread. */
    private void signalLoss() {
        lost.complete(null);
        states.changed();
    }

    @Override
    public boolean isValid() {
        return returned.get() == null && holding.isValid();
    }

    @Override
    public Deadline validUntil() {
        Return back = returned.get();
        return back == null ? holding.validUntil() : back.at();
    }

    @Override
    public HandleState state() {
        return returned.get() == null ? holding.state() : HandleState.LOST;
    }

    @Override
    public void onStateChange(Consumer<HandleState> listener) {
        states.add(listener);
    }

    @Override
    public long fencingToken() {
        return token;
    }

    @Override
    public Guard guard() {
        return guard;
    }

    @Override
    public CompletableFuture<Void> lost() {
        return lost;
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        if (base != null) {
            boolean ignored = goBack();
        }
        Return back = returned.get();
        return back == null ? holding.closeAsync() : back.inStore();
    }

    @Override
    public void close() {
        if (base == null && returned.get() == null) {
            holding.close();
            return;
        }
        try {
            Async.awaitDone(
                    holding.coord(),
                    CompletableFuture.anyOf(closeAsync(), holding.lost()).thenAccept(either -> {}));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return super.toString() + (returned.get() == null ? "" : " (goes on reading)");
    }
}
