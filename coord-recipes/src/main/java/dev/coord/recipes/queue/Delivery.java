package dev.coord.recipes.queue;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.HandleState;
import dev.coord.recipes.internal.Async;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * An item delivered to one consumer: see {@link FencedHandle} for what it promises. It is to be {@linkplain #ack(Op...)
 * acknowledged} when its work is done; {@link #close()} gives it back otherwise, and so does the end of the session. So use
 * it in a {@code try} statement and acknowledge at the end.
 *
 * <p>Delivery is at least once: a consumer that is too slow for its session may still be at work when another gets the item.
 * But only one can acknowledge it, and what it passes to {@link #ack(Op...)} happens with that or not at all: an effect in
 * Coord is had exactly once. For an effect elsewhere there is the {@linkplain #fencingToken() fencing token}, which is
 * greater at each delivery of the item.
 *
 * @param <V> the items
 */
public final class Delivery<V> implements FencedHandle {
    private final ClaimedItem claimed;
    private final V value;

    Delivery(ClaimedItem claimed, V value) {
        this.claimed = claimed;
        this.value = value;
    }

    /**
     * Returns the item.
     *
     * @return what was put
     */
    public V value() {
        return value;
    }

    /**
     * Returns the item's id.
     *
     * @return what the put returned: the same at each delivery, and of no other item
     */
    public String id() {
        return claimed.id();
    }

    /**
     * Returns the item's priority.
     *
     * @return 0 to 255, as it was put
     */
    public int priority() {
        return QueueKeys.priority(claimed.name());
    }

    /**
     * Returns which delivery of the item this is.
     *
     * @return 1 for the first one; deliveries that nobody took any more are counted too
     */
    public int attempt() {
        return claimed.attempt();
    }

    /**
     * Acknowledges the item: deletes it, and does what else is given, all in one transaction.
     *
     * @param also up to 125 steps, of keys that are not the queue's
     * @return true if it is done, false if nothing is done as the item was lost to others
     * @throws InterruptedException if interrupted while waiting; perhaps acknowledged
     * @throws IllegalStateException if this delivery was acknowledged or given back before
     * @throws dev.coord.CoordException as {@link dev.coord.kv.Kv} describes for writes. Then it may be acknowledged again;
     *     if it may have been done (indeterminate), the answer is still right, or indeterminate again
     */
    public boolean ack(Op... also) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(claimed.coord(), ackAsync(also));
    }

    /**
     * Acknowledges the item without waiting.
     *
     * @param also up to 125 steps, of keys that are not the queue's
     * @return as {@link #ack(Op...)}
     * @throws IllegalStateException if this delivery was acknowledged or given back before
     */
    public CompletableFuture<Boolean> ackAsync(Op... also) {
        List<Op> steps = List.of(requireNonNull(also, "also"));
        return claimed.acknowledge(steps);
    }

    /** Gives the item back, to be delivered again in its old place: the same as {@link #close()}. */
    public void nack() {
        close();
    }

    /**
     * Gives the item back, to be delivered again in its old place after a while. The store keeps the delay: see {@link
     * PutOptions#delay}.
     *
     * @param delay how long, as with {@link PutOptions#delay}, but not zero
     * @return true if it is given back, false if it was lost to others
     * @throws InterruptedException if interrupted while waiting; perhaps given back
     * @throws IllegalStateException if this delivery was acknowledged or given back before
     * @throws dev.coord.CoordException as {@link dev.coord.kv.Kv} describes for writes, and {@link
     *     dev.coord.LimitExceededException} if there are too many leases; then the item is still held
     */
    public boolean nack(Duration delay) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(claimed.coord(), nackAsync(delay));
    }

    /**
     * Gives the item back without waiting, to be delivered again in its old place after a while.
     *
     * @param delay as with {@link #nack(Duration)}
     * @return as {@link #nack(Duration)}
     */
    public CompletableFuture<Boolean> nackAsync(Duration delay) {
        PutOptions.checkDelay(delay);
        if (delay.isZero()) {
            throw new IllegalArgumentException("no delay; close the delivery instead");
        }
        return claimed.giveBackFor(delay);
    }

    @Override
    public boolean isValid() {
        return claimed.isValid();
    }

    @Override
    public Deadline validUntil() {
        return claimed.validUntil();
    }

    @Override
    public long fencingToken() {
        return claimed.token();
    }

    @Override
    public Guard guard() {
        return claimed.guard();
    }

    @Override
    public HandleState state() {
        return claimed.states().state();
    }

    @Override
    public void onStateChange(Consumer<HandleState> listener) {
        claimed.states().add(listener);
    }

    @Override
    public CompletableFuture<Void> lost() {
        return claimed.lost();
    }

    /**
     * Gives the item back, without waiting, unless it was acknowledged or lost. Safe to repeat.
     *
     * @return a future that completes normally when the store has let go
     */
    @Override
    public CompletableFuture<Void> closeAsync() {
        return claimed.giveBack();
    }

    @Override
    public void close() {
        CompletableFuture<Void> removed = claimed.giveBack();
        try {
            Async.awaitDone(
                    claimed.coord(),
                    CompletableFuture.anyOf(removed, claimed.lapsed()).thenAccept(either -> {}));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "Delivery " + claimed;
    }
}
