package dev.coord.recipes.discovery;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Guard;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.HandleState;
import dev.coord.recipes.internal.KeptKey;
import dev.coord.recipes.internal.Presence;
import dev.coord.time.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * An instance's place in the registry: see {@link FencedHandle} for what it promises. {@link #close()} takes the instance
 * out. Once lost, be it that the session has lapsed, it stays lost: register anew, after {@link #closeAsync()} is done.
 */
public final class Registration implements FencedHandle {
    private final KeptKey holding;
    private final long number;
    private final String id;
    private volatile ServiceInstance instance;

    Registration(ServiceInstance instance, Presence.Answer.Present present) {
        this.instance = instance;
        this.id = instance.id();
        this.holding = present.kept();
        this.number = present.number();
    }

    /**
     * Returns what others are told.
     *
     * @return the instance as registered, or last given to an update
     */
    public ServiceInstance instance() {
        return instance;
    }

    /**
     * Changes what others are told, such as the weight. The write is guarded, so a former registration cannot do it.
     *
     * @param changed the instance, of the same id
     * @throws InterruptedException if interrupted while waiting; perhaps written
     * @throws dev.coord.FencedException if the registration is lost
     * @throws dev.coord.CoordException as {@link dev.coord.kv.Kv} describes for writes
     * @throws IllegalArgumentException if the id is another, or the instance takes more than 1 MiB
     */
    public void update(ServiceInstance changed) throws InterruptedException {
        holding.await(updateAsync(changed));
    }

    /**
     * Changes what others are told, without waiting.
     *
     * @param changed the instance, of the same id
     * @return completes when written; fails as {@link #update} does
     * @throws IllegalArgumentException if the id is another, or the instance takes more than 1 MiB
     */
    public CompletableFuture<Void> updateAsync(ServiceInstance changed) {
        if (!requireNonNull(changed, "changed").id().equals(id)) {
            throw new IllegalArgumentException(
                    "instance " + changed.id() + " in the place of " + id + "; register it for itself");
        }
        CompletableFuture<Void> written =
                holding.update(Presence.framed(number, InstanceCodec.INSTANCE.encode(changed)));
        instance = changed;
        return written;
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
        return "Registration " + holding;
    }
}
