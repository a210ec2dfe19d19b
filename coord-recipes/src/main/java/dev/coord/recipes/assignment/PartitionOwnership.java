package dev.coord.recipes.assignment;

import dev.coord.Coord;
import dev.coord.kv.Guard;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.HandleState;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.StateListeners;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A partition that is owned: see {@link FencedHandle} for what it promises. Each ownership of a partition has a greater
 * token than all before, whoever had them.
 *
 * <p>{@link #close()} gives the partition back. If its participant is still to have it, it is assigned anew, with another
 * token; so to close is also the way to begin again after something went wrong.
 */
public final class PartitionOwnership implements FencedHandle {
    private final Coord coord;
    private final String partition;
    private final String key;
    private final long token;
    private final CompletableFuture<Void> lapsed;
    private final StateListeners states;
    private final Consumer<PartitionOwnership> onLoss;
    private final CompletableFuture<Void> lost = new CompletableFuture<>();
    private final CompletableFuture<Void> removed = new CompletableFuture<>();
    /** Completes at the loss, to unhook this from the long-lived signals of the session. */
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private final AtomicReference<@Nullable Loss> loss = new AtomicReference<>();

    PartitionOwnership(
            Coord coord,
            String partition,
            String key,
            long token,
            CompletableFuture<Void> lapsed,
            Consumer<PartitionOwnership> onLoss) {
        this.coord = coord;
        this.partition = partition;
        this.key = key;
        this.token = token;
        this.lapsed = lapsed;
        this.onLoss = onLoss;
        this.states = StateListeners.ofSession(coord, this::isValid);
    }

    private record Loss(Deadline at, boolean givenBack) {}

    /** Begins to listen for the end of the session's validity. */
    void open() {
        Async.onSignal(lapsed, ended, () -> lose(false));
    }

    /**
     * Returns which partition this is.
     *
     * @return its name; of numbered ones the number
     */
    public String partition() {
        return partition;
    }

    @Override
    public boolean isValid() {
        // In this order: a session valid anew has completed the signal of the former stretch before.
        return coord.session().isValid() && !lapsed.isDone() && loss.get() == null;
    }

    @Override
    public Deadline validUntil() {
        Deadline sessionView = coord.session().validUntil();
        Loss known = loss.get();
        if (known != null) {
            return known.at();
        }
        return lapsed.isDone() ? Deadline.after(coord.ticker(), Duration.ZERO) : sessionView;
    }

    @Override
    public long fencingToken() {
        return token;
    }

    @Override
    public Guard guard() {
        return Guard.createRevisionIs(key, token);
    }

    @Override
    public HandleState state() {
        return states.state();
    }

    @Override
    public void onStateChange(Consumer<HandleState> listener) {
        states.add(listener);
    }

    @Override
    public CompletableFuture<Void> lost() {
        return lost;
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        lose(true);
        return removed;
    }

    @Override
    public void close() {
        lose(true);
        try {
            Async.awaitDone(coord, CompletableFuture.anyOf(removed, lapsed).thenAccept(either -> {}));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes the loss known here; to make it known to the store is for whoever is told. */
    void lose(boolean givenBack) {
        if (loss.compareAndSet(null, new Loss(Deadline.after(coord.ticker(), Duration.ZERO), givenBack))) {
            ended.complete(null);
            Async.callBack(coord, () -> lost.complete(null));
            states.changed();
            onLoss.accept(this);
        }
    }

    boolean wasGivenBack() {
        Loss known = loss.get();
        return known != null && known.givenBack();
    }

    /** The store has let go, or the session has ended. */
    void removed() {
        Async.callBack(coord, () -> removed.complete(null));
    }

    @Override
    public String toString() {
        return "Partition " + key + " token " + token + (isValid() ? "" : " (lost)");
    }
}
