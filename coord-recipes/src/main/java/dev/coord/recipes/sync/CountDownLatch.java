package dev.coord.recipes.sync;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Guard.Relation;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.KeyWait;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A count that goes down to zero, where those who wait for that go on. As {@link java.util.concurrent.CountDownLatch}, for
 * the processes of a cluster, and it can be set again once it is at zero. Immutable; safe for use by any thread, and cheap
 * to create.
 *
 * <p><b>What it promises.</b> Each {@link #countDown()} that returns has counted once, by a transaction of the store, however
 * often it was resent underneath; the count is never below zero. Whoever waits goes on once the count was zero at some
 * moment after the call, even if it is set again at once.
 *
 * <p>The latch is the key {@code path}, which holds the count and is absent at zero: so one that was never set is open, and
 * one that is open leaves nothing behind. It does not know who counts: if a process dies that has still to count, those who
 * wait do so until their patience ends. Use a {@link DoubleBarrier} or {@link CyclicBarrier} if a death is to be noticed.
 *
 * <p><b>Costs.</b> To set and to count is one log entry each, of the last count two. To wait is one linearizable read and one
 * watch, no entry.
 *
 * <p><b>Failures</b> of writes are those of {@link dev.coord.kv.Kv}, and {@link dev.coord.FencedException} if a {@linkplain
 * #when guard} does not hold; after an {@link dev.coord.IndeterminateException} it was perhaps counted. Waiting fails with
 * {@link dev.coord.ClosedException}, and with {@link dev.coord.UnavailableException} if the store cannot be read in the time
 * given; without a time it goes on trying. It does not need the session.
 */
public final class CountDownLatch {
    private static final Value ONE = Value.of("1");

    private final Cell cell;

    private CountDownLatch(Cell cell) {
        this.cell = cell;
    }

    /**
     * Returns the latch of this name. Does not touch the store.
     *
     * @param coord the handle to use
     * @param path the latch's name and key, such as {@code /latches/warm-up}
     * @return the latch
     * @throws IllegalArgumentException if the path is no proper key
     */
    public static CountDownLatch on(Coord coord, String path) {
        return new CountDownLatch(Cell.of(coord, path));
    }

    /**
     * Returns the same latch, set and counted here only while the guards hold.
     *
     * @param guards such as that of a {@link dev.coord.recipes.FencedHandle}
     * @return the latch
     */
    public CountDownLatch when(Guard... guards) {
        return new CountDownLatch(cell.when(guards));
    }

    /**
     * Sets the count, if it is at zero.
     *
     * @param count 1 or more
     * @return false if it was not at zero; then it is as it was
     * @throws InterruptedException if interrupted while waiting; perhaps set
     * @throws IllegalArgumentException if the count is not positive
     */
    public boolean trySetCount(long count) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), trySetCountAsync(count));
    }

    /**
     * Sets the count without waiting, if it is at zero.
     *
     * @param count 1 or more
     * @return false if it was not at zero; then it is as it was
     * @throws IllegalArgumentException if the count is not positive
     */
    public CompletableFuture<Boolean> trySetCountAsync(long count) {
        if (count < 1) {
            throw new IllegalArgumentException("count " + count + "; set it to 1 or more, at zero it is already");
        }
        Op put = Op.put(cell.key(), Long.toString(count));
        return Async.map(() -> cell.tryWrite(Guard.absent(cell.key()), Optional::isEmpty, put), Optional::isPresent);
    }

    /**
     * Counts down by one, unless the count is at zero.
     *
     * @return what is left to be counted
     * @throws InterruptedException if interrupted while waiting; perhaps counted
     */
    public long countDown() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), countDownAsync());
    }

    /**
     * Counts down by one without waiting, unless the count is at zero.
     *
     * @return what is left to be counted
     */
    public CompletableFuture<Long> countDownAsync() {
        // A condition on the value of an absent key does not hold.
        Guard moreThanOne = Guard.compareValue(KeyRange.key(cell.key()), Relation.NOT_EQUAL, ONE);
        return Async.then(
                () -> cell.commit(List.of(Guard.exists(cell.key()), moreThanOne), Op.add(cell.key(), -1)), result -> {
                    if (result.succeeded()) {
                        return CompletableFuture.completedFuture(
                                ((OpResult.Add) result.results().get(0)).value());
                    }
                    Optional<Entry> found = found(result);
                    if (found.isPresent() && !found.get().value().equals(ONE)) {
                        throw cell.fenced();
                    }
                    return found.isEmpty() ? CompletableFuture.completedFuture(0L) : countLast();
                });
    }

    /** Counts from one to zero; if the latch is no longer at one, begins anew. */
    private CompletableFuture<Long> countLast() {
        return Async.then(
                () -> cell.tryWrite(
                        Guard.valueIs(cell.key(), ONE),
                        found ->
                                found.filter(entry -> entry.value().equals(ONE)).isPresent(),
                        Op.delete(cell.key())),
                done -> done.isPresent() ? CompletableFuture.completedFuture(0L) : countDownAsync());
    }

    private static Optional<Entry> found(TxnResult result) {
        return ((OpResult.Get) result.results().get(0)).entry();
    }

    /**
     * Reads the count, linearizably. The answer may be outdated when it arrives.
     *
     * @return what is left to be counted
     * @throws InterruptedException if interrupted while waiting
     * @throws NotANumberException if the key holds something else
     */
    public long count() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), countAsync());
    }

    /**
     * Reads the count without waiting, linearizably. The answer may be outdated when it arrives.
     *
     * @return what is left to be counted; fails with {@link NotANumberException} if the key holds something else
     */
    public CompletableFuture<Long> countAsync() {
        return Async.map(cell::read, NotANumberException::valueOf);
    }

    /**
     * Opens the latch, whatever the count is.
     *
     * @return false if it was at zero
     * @throws InterruptedException if interrupted while waiting; perhaps opened
     */
    public boolean open() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(
                cell.coord(),
                Async.map(
                        () -> cell.tryWrite(Guard.exists(cell.key()), Optional::isPresent, Op.delete(cell.key())),
                        Optional::isPresent));
    }

    /**
     * Waits, as long as it takes, until the count is at zero.
     *
     * @throws InterruptedException if interrupted
     */
    public void await() throws InterruptedException {
        Async.refuseIfInterrupted();
        Async.awaitDone(cell.coord(), awaitAsync());
    }

    /**
     * Waits until the count is at zero.
     *
     * @param patience how long; if not positive, the count is only looked at
     * @return false if it was above zero all the time
     * @throws InterruptedException if interrupted
     */
    public boolean await(Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), awaitAsync(patience));
    }

    /**
     * Waits until the count is at zero, without blocking.
     *
     * @return completes then; cancel it to wait no longer
     */
    public CompletableFuture<Void> awaitAsync() {
        return Async.then(
                () -> KeyWait.until(cell.coord(), cell.key(), Optional::isEmpty, null),
                open -> CompletableFuture.completedFuture(null));
    }

    /**
     * Waits until the count is at zero, without blocking.
     *
     * @param patience how long; if not positive, the count is only looked at
     * @return false if it was above zero all the time; cancel it to wait no longer
     */
    public CompletableFuture<Boolean> awaitAsync(Duration patience) {
        return KeyWait.until(cell.coord(), cell.key(), Optional::isEmpty, requireNonNull(patience, "patience"));
    }

    @Override
    public String toString() {
        return "CountDownLatch(" + cell.key() + ")";
    }
}
