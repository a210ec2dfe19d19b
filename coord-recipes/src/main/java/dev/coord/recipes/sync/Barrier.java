package dev.coord.recipes.sync;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.KeyWait;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A gate: while it is set, those who come to it wait; when it is removed, all go on. Immutable; safe for use by any thread,
 * and cheap to create.
 *
 * <p><b>What it promises.</b> {@link #await()} returns once the barrier was not set at some moment after the call. Whoever
 * waits when it is removed goes on, even if it is set again at once; only where the history is compacted before a lagging
 * peer could tell of it, the next removal is waited for.
 *
 * <p><b>Costs.</b> To set and to remove is one write each. To wait is one linearizable read and one watch, no log entry.
 * The barrier is the key {@code path}, which exists while it is set. It stays when whoever set it dies, unless it is
 * {@linkplain #boundToSession() bound to the session}.
 *
 * <p><b>Failures.</b> Writes fail as {@link dev.coord.kv.Kv} describes, {@link dev.coord.IndeterminateException} included
 * (to repeat them does no harm), and with {@link dev.coord.FencedException} if a {@linkplain #when guard} does not hold.
 * Waiting fails with {@link dev.coord.ClosedException}, and with {@link dev.coord.UnavailableException} if the store cannot
 * be read in the time given; without a time it goes on trying. It does not need the session.
 */
public final class Barrier {
    private final Cell cell;
    private final boolean bound;

    private Barrier(Cell cell, boolean bound) {
        this.cell = cell;
        this.bound = bound;
    }

    /**
     * Returns the barrier of this name. Does not touch the store.
     *
     * @param coord the handle to use
     * @param path the barrier's name and key, such as {@code /barriers/migration}
     * @return the barrier
     * @throws IllegalArgumentException if the path is no proper key
     */
    public static Barrier on(Coord coord, String path) {
        return new Barrier(Cell.of(coord, path), false);
    }

    /**
     * Returns the same barrier, which, if set here, is removed when this handle's session ends.
     *
     * @return the barrier
     */
    public Barrier boundToSession() {
        return new Barrier(cell, true);
    }

    /**
     * Returns the same barrier, set and removed here only while the guards hold.
     *
     * @param guards such as that of a {@link dev.coord.recipes.FencedHandle}
     * @return the barrier
     */
    public Barrier when(Guard... guards) {
        return new Barrier(cell.when(guards), bound);
    }

    /**
     * Sets the barrier.
     *
     * @return false if it was set already; it then is as it was
     * @throws InterruptedException if interrupted while waiting; perhaps set
     */
    public boolean set() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), setAsync());
    }

    /**
     * Sets the barrier without waiting.
     *
     * @return as {@link #set()}
     */
    public CompletableFuture<Boolean> setAsync() {
        long lease = bound ? cell.coord().session().id() : 0;
        Op put = Op.put(cell.key(), Value.EMPTY).withLease(lease);
        return Async.map(() -> cell.tryWrite(Guard.absent(cell.key()), Optional::isEmpty, put), Optional::isPresent);
    }

    /**
     * Removes the barrier: all who wait go on.
     *
     * @return false if it was not set
     * @throws InterruptedException if interrupted while waiting; perhaps removed
     */
    public boolean remove() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), removeAsync());
    }

    /**
     * Removes the barrier without waiting.
     *
     * @return as {@link #remove()}
     */
    public CompletableFuture<Boolean> removeAsync() {
        return Async.map(
                () -> cell.tryWrite(Guard.exists(cell.key()), Optional::isPresent, Op.delete(cell.key())),
                Optional::isPresent);
    }

    /**
     * Tells whether the barrier is set, by a linearizable read. The answer may be outdated when it arrives.
     *
     * @return true if it is set
     * @throws InterruptedException if interrupted while waiting
     */
    public boolean isSet() throws InterruptedException {
        return cell.coord().kv().get(cell.key()).isPresent();
    }

    /**
     * Waits, as long as it takes, until the barrier is not set.
     *
     * @throws InterruptedException if interrupted
     */
    public void await() throws InterruptedException {
        Async.refuseIfInterrupted();
        Async.awaitDone(cell.coord(), awaitAsync());
    }

    /**
     * Waits until the barrier is not set.
     *
     * @param patience how long; if not positive, the barrier is only looked at
     * @return false if it was set all the time
     * @throws InterruptedException if interrupted
     */
    public boolean await(Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), awaitAsync(patience));
    }

    /**
     * Waits until the barrier is not set, without blocking.
     *
     * @return completes then; cancel it to wait no longer
     */
    public CompletableFuture<Void> awaitAsync() {
        return Async.then(
                () -> KeyWait.until(cell.coord(), cell.key(), Optional::isEmpty, null),
                open -> CompletableFuture.completedFuture(null));
    }

    /**
     * Waits until the barrier is not set, without blocking.
     *
     * @param patience how long; if not positive, the barrier is only looked at
     * @return false if it was set all the time; cancel it to wait no longer
     */
    public CompletableFuture<Boolean> awaitAsync(Duration patience) {
        return KeyWait.until(cell.coord(), cell.key(), Optional::isEmpty, requireNonNull(patience, "patience"));
    }

    @Override
    public String toString() {
        return "Barrier(" + cell.key() + ")";
    }
}
