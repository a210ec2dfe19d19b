package dev.coord.recipes.queue;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeQuery;
import dev.coord.recipes.Codec;
import dev.coord.recipes.internal.Async;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A queue whose items are each delivered to one consumer at a time, until one acknowledges it. A handle is safe for use by
 * any thread; keep one in each process, and close it when done.
 *
 * <p><b>Order.</b> By priority, smaller ones first; within a priority in the order of the puts, as the log has it. A consumer
 * alone is delivered exactly that order, items that were given back in their old place. Several consumers are delivered it
 * approximately: after each collision with another, a consumer takes by chance one of twice as many of the first items, up
 * to 32.
 *
 * <p><b>Delivery</b> is at least once. An item is claimed by a key that lives as long as the consumer's session; if that
 * ends, or the {@link Delivery} is closed unacknowledged, the item is delivered again. To acknowledge is one transaction,
 * guarded by the claim, which can do more than that: see {@link Delivery#ack}.
 *
 * <p><b>Delays</b> are kept by the store, as keys of leases that nobody needs to keep alive: so a delayed item comes whoever
 * crashes. It takes its place in the order when the delay ends, by the number that its put gave it.
 *
 * <p><b>Dead items.</b> An item that was delivered {@linkplain QueueOptions#maxAttempts as often as allowed}, or that the
 * codec cannot read, is moved aside when it would be delivered once more: see {@link #dead}.
 *
 * <p><b>Costs.</b> In log entries: a put is 1, or less as those that wait in a handle go together, up to 32; a delivery 1; an
 * acknowledgement 1. Two handles that put or claim at once collide now and then, each of which costs the loser one more
 * entry; consumers that collide keep apart, so that with 100 handles waiting, an item that is put costs one entry more on
 * average, and is delivered up to some milliseconds later. Who waits for an item or for room writes nothing. A handle has one watch from the first take until it is closed,
 * and one while it waits for room; it keeps the names of all items, some 200 bytes each. A delay is a lease and its
 * entries, see {@link dev.coord.lease.Leases#grantDetached}, and counts towards the limit of leases of the handle. An item is
 * 1 key, or 3 while it is delivered; an empty queue has none.
 *
 * <p><b>Failures</b> of a put: those of {@link dev.coord.kv.Kv}, {@link dev.coord.FencedException} if a guard does not hold,
 * and whatever the codec throws; after an {@link dev.coord.IndeterminateException} the item was perhaps put. Of a take:
 * {@link dev.coord.UnavailableException} if the store does not answer in the time given (forms without a time go on trying),
 * {@link dev.coord.SessionExpiredException}, {@link dev.coord.ClosedException}, {@link dev.coord.LimitExceededException} if
 * more than 10,000 wait at this handle. No take fails with {@code IndeterminateException}: what is not known is given back in
 * the background.
 *
 * @param <V> the items
 */
public final class DistributedQueue<V> implements AutoCloseable {
    private final Coord coord;
    private final QueueKeys keys;
    private final Codec<V> codec;
    private final Putter putter;
    private final Taker<V> taker;

    private DistributedQueue(Coord coord, QueueKeys keys, Codec<V> codec, QueueOptions options) {
        this.coord = requireNonNull(coord, "coord");
        this.keys = keys;
        this.codec = requireNonNull(codec, "codec");
        this.putter = new Putter(coord, keys, options.capacity());
        this.taker = new Taker<>(coord, keys, codec, options.maxAttempts());
    }

    /**
     * Returns a handle to the queue of this name, with the usual options. Does not touch the store.
     *
     * @param <V> the items
     * @param coord the handle whose session is to claim items
     * @param path the queue's name, such as {@code /queues/mail}; what it needs are keys below it that begin with {@code ~}
     * @param codec of the items
     * @return the queue
     * @throws IllegalArgumentException if the path is no proper key, ends with {@code /}, or has a part that begins with
     *     {@code ~}
     */
    public static <V> DistributedQueue<V> on(Coord coord, String path, Codec<V> codec) {
        return on(coord, path, codec, QueueOptions.defaults());
    }

    /**
     * Returns a handle to the queue of this name. Does not touch the store.
     *
     * @param <V> the items
     * @param coord the handle whose session is to claim items
     * @param path the queue's name, such as {@code /queues/mail}; what it needs are keys below it that begin with {@code ~}
     * @param codec of the items
     * @param options what the queue is to be like
     * @return the queue
     * @throws IllegalArgumentException if the path is no proper key, ends with {@code /}, or has a part that begins with
     *     {@code ~}
     */
    public static <V> DistributedQueue<V> on(Coord coord, String path, Codec<V> codec, QueueOptions options) {
        return new DistributedQueue<>(coord, new QueueKeys(path), codec, requireNonNull(options, "options"));
    }

    // ---- putting

    /**
     * Puts an item with the usual options, waiting for room as long as it takes.
     *
     * @param item the item
     * @return its id
     * @throws InterruptedException if interrupted while waiting; perhaps put
     */
    public String put(V item) throws InterruptedException {
        return put(item, PutOptions.defaults());
    }

    /**
     * Puts an item, waiting for room as long as it takes.
     *
     * @param item the item
     * @param options how
     * @return its id
     * @throws InterruptedException if interrupted while waiting; perhaps put
     */
    public String put(V item, PutOptions options) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord, putAsync(item, options));
    }

    /**
     * Puts an item without blocking, when there is room.
     *
     * @param item the item
     * @param options how
     * @return its id; cancel it to put it no more, if it is not on its way yet
     */
    public CompletableFuture<String> putAsync(V item, PutOptions options) {
        // Without a time the outcome is never empty.
        CompletableFuture<Optional<String>> offered = offering(item, options, null);
        return Async.map(() -> offered, Optional::orElseThrow);
    }

    /**
     * Puts an item if there is room in time.
     *
     * @param item the item
     * @param options how
     * @param patience how long to wait for room; if not positive, it must be there
     * @return its id, empty if the queue was full for that long
     * @throws InterruptedException if interrupted while waiting; perhaps put
     */
    public Optional<String> offer(V item, PutOptions options, Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord, offerAsync(item, options, patience));
    }

    /**
     * Puts an item without blocking, if there is room in time.
     *
     * @param item the item
     * @param options how
     * @param patience how long to wait for room; if not positive, it must be there
     * @return its id, empty if the queue was full for that long; cancel it to put it no more, if it is not on its way yet
     */
    public CompletableFuture<Optional<String>> offerAsync(V item, PutOptions options, Duration patience) {
        return offering(item, options, requireNonNull(patience, "patience"));
    }

    private CompletableFuture<Optional<String>> offering(V item, PutOptions options, @Nullable Duration patience) {
        return putter.put(codec.encode(requireNonNull(item, "item")), requireNonNull(options, "options"), patience);
    }

    // ---- taking

    /**
     * Takes the first item, waiting as long as it takes.
     *
     * @return the item, to be acknowledged or closed
     * @throws InterruptedException if interrupted; then nothing is taken
     */
    public Delivery<V> take() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.awaitHeld(coord, takeAsync());
    }

    /**
     * Takes the first item without blocking.
     *
     * @return the item, to be acknowledged or closed; cancel it to take none
     */
    public CompletableFuture<Delivery<V>> takeAsync() {
        // Without a time the outcome is never empty.
        return Async.map(() -> taker.take(null), Optional::orElseThrow, DistributedQueue::giveBack);
    }

    private static void giveBack(Delivery<?> delivery) {
        CompletableFuture<Void> ignored = delivery.closeAsync();
    }

    /**
     * Takes the first item if there is one in time.
     *
     * @param patience how long to wait, as this replica hears of items; if not positive, what a linearizable read finds is
     *     taken. If the store does not answer, up to the operation timeout more
     * @return the item, to be acknowledged or closed; empty if there was none to be delivered
     * @throws InterruptedException if interrupted; then nothing is taken
     */
    public Optional<Delivery<V>> poll(Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.awaitIfHeld(coord, pollAsync(patience));
    }

    /**
     * Takes the first item if there is one in time, without blocking.
     *
     * @param patience as with {@link #poll}
     * @return as {@link #poll}; cancel it to take none
     */
    public CompletableFuture<Optional<Delivery<V>>> pollAsync(Duration patience) {
        return taker.take(requireNonNull(patience, "patience"));
    }

    // ---- looking

    /**
     * Counts the items, delivered and not yet acknowledged ones included, by a linearizable read.
     *
     * @return how many there are, dead ones not among them
     * @throws InterruptedException if interrupted while waiting
     */
    public long size() throws InterruptedException {
        return coord.kv().range(RangeQuery.of(keys.items()).countedOnly()).count();
    }

    /**
     * Lists dead items, in the order of their ids, by a linearizable read.
     *
     * @param most how many at most, 1 or more
     * @return the items, empty if there are none
     * @throws InterruptedException if interrupted while waiting
     */
    public List<DeadItem> dead(int most) throws InterruptedException {
        if (most < 1) {
            throw new IllegalArgumentException("at most " + most + " items; ask for 1 or more");
        }
        RangeQuery query = RangeQuery.of(keys.dead()).limit(most);
        return coord.kv().range(query, Consistency.linearizable()).entries().stream()
                .map(keys::deadItem)
                .toList();
    }

    /**
     * Deletes a dead item.
     *
     * @param id the item's id
     * @return false if there is no such item
     * @throws InterruptedException if interrupted while waiting; perhaps deleted
     * @throws dev.coord.CoordException as {@link dev.coord.kv.Kv} describes for writes
     */
    public boolean deleteDead(String id) throws InterruptedException {
        Op delete = Op.delete(keys.dead(requireNonNull(id, "id")));
        OpResult deleted = coord.kv().txn().then(delete).commit().results().get(0);
        return !((OpResult.Delete) deleted).deleted().isEmpty();
    }

    /**
     * Puts a dead item back: as a new one, behind the others of its priority, with all attempts before it. Waits for room as
     * long as it takes. It is dead or put back, never both nor neither.
     *
     * @param id the item's id
     * @return its new id, empty if there is no such dead item
     * @throws InterruptedException if interrupted while waiting; perhaps put back
     * @throws dev.coord.CoordException as {@link dev.coord.kv.Kv} describes for writes
     */
    public Optional<String> requeue(String id) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord, requeueAsync(id));
    }

    /**
     * Puts a dead item back without blocking, when there is room.
     *
     * @param id the item's id
     * @return as {@link #requeue}; cancel it to leave the item dead, if it is not on its way yet
     */
    public CompletableFuture<Optional<String>> requeueAsync(String id) {
        RangeQuery dead = RangeQuery.of(keys.dead(requireNonNull(id, "id")));
        return Async.then(
                () -> coord.kv().rangeAsync(dead, Consistency.linearizable()),
                found -> found.entries().isEmpty()
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : putter.putBack(found.entries().get(0)));
    }

    /**
     * Ends this handle: whoever waits here fails with {@link dev.coord.ClosedException}, and the watch ends. Deliveries go on
     * being valid, but hear no more of others' deleting their claims. Does not wait. Safe to repeat.
     */
    @Override
    public void close() {
        putter.close();
        taker.close();
    }

    @Override
    public String toString() {
        return "DistributedQueue(" + keys.path() + ")";
    }
}
