package dev.coord.recipes.lock;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.TxnResult;
import dev.coord.recipes.internal.Ask;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Holding;
import dev.coord.recipes.internal.Line;
import dev.coord.recipes.internal.QueuePath;
import dev.coord.recipes.internal.Want;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A number of permits, of which each holder has some, granted in the order of requests. Permits are leased: those of a
 * holder that dies are free again when its session has expired. Immutable; safe for use by any thread, and cheap to create.
 *
 * <p><b>What it promises.</b> Nothing is granted that would make the permits held more than the limit. Each grant has a
 * greater fencing token than all before, but those that enter together share one. It is fair: nobody overtakes, so a request for many permits, when its turn comes,
 * keeps those behind it waiting until there are as many.
 *
 * <p><b>The limit</b> is the one given in code, which should be the same everywhere, until {@link #setLimit} puts another
 * into the store. It may be set below what is held: then nothing is taken back, and nobody is let in until there is room. A
 * request for more than the limit fails with {@link dev.coord.LimitExceededException}; but one that waits when the limit is
 * set below it goes on waiting, until the limit is raised or its patience ends, and those behind it wait with it.
 *
 * <p><b>What it costs.</b> If there is room, and nobody came or changed the limit at the same moment, an acquisition is one
 * log entry; else an entry and a watch, and perhaps an entry to come in by. A release is an entry, which lets in all whose
 * turn it is, 40 at most; the next of them lets in as many. How requests wait, and how they fail, is told at
 * {@link Acquirable}.
 *
 * <p>A path is used for one kind of lock, as their keys are alike.
 */
public final class DistributedSemaphore extends Acquirable<SemaphoreHandle> {
    /** The greatest limit. */
    public static final int MAX_LIMIT = 1_000_000_000;

    private DistributedSemaphore(Coord coord, Want want) {
        super(coord, List.of(want));
    }

    /**
     * Returns the semaphore of this name, of which one permit is to be acquired at a time. Does not touch the store.
     *
     * @param coord the handle whose session is to hold the permits
     * @param path the semaphore's name, such as {@code /limits/imports}; its waiters are keys below it that begin with
     *     {@code ~}
     * @param limit how many permits there are unless the store has another limit, 1 to {@value #MAX_LIMIT}
     * @return the semaphore
     * @throws IllegalArgumentException if the limit is out of bounds, or the path is no proper key, ends with {@code /}, or
     *     has a part that begins with {@code ~}
     */
    public static DistributedSemaphore on(Coord coord, String path, int limit) {
        check(limit, 1, "limit");
        return new DistributedSemaphore(
                coord, new Want(new QueuePath(requireNonNull(path, "path")), Ask.of(1, ""), limit));
    }

    private static void check(int number, int least, String what) {
        if (number < least || number > MAX_LIMIT) {
            throw new IllegalArgumentException(what + " " + number + "; it must be " + least + " to " + MAX_LIMIT);
        }
    }

    /**
     * Returns the same semaphore, of which so many permits are to be acquired at a time: all of them, or none.
     *
     * @param permits 1 to {@value #MAX_LIMIT}
     * @return the semaphore
     * @throws IllegalArgumentException if the number is out of bounds
     */
    public DistributedSemaphore withPermits(int permits) {
        check(permits, 1, "permits");
        return asking(want().ask().withPermits(permits));
    }

    /**
     * Returns the same semaphore, with what others are to be told of those who acquire it here.
     *
     * @param holder who or why, for operators
     * @return the semaphore
     */
    public DistributedSemaphore withHolder(String holder) {
        return asking(want().ask().withText(requireNonNull(holder, "holder")));
    }

    private DistributedSemaphore asking(Ask ask) {
        return new DistributedSemaphore(coord(), new Want(want().queue(), ask, want().capacity()));
    }

    /**
     * Tells the limit. A linearizable read; the answer may be outdated when it arrives.
     *
     * @return how many permits there are
     * @throws InterruptedException if interrupted while waiting
     */
    public int limit() throws InterruptedException {
        return look().capacity();
    }

    /**
     * Tells how many permits nobody holds. A linearizable read; the answer may be outdated when it arrives, and whoever waits
     * for permits comes first.
     *
     * @return the permits not held; negative if the limit was set below what is held
     * @throws InterruptedException if interrupted while waiting
     */
    public int availablePermits() throws InterruptedException {
        return (int) Math.max(Integer.MIN_VALUE, look().room());
    }

    private Line look() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord(), lookAsync(), line -> {});
    }

    private CompletableFuture<Line> lookAsync() {
        RangeQuery holders = RangeQuery.of(want().queue().holders());
        return Async.map(coord().kv().rangeAsync(holders, Consistency.linearizable()), want()::line);
    }

    /**
     * Sets the limit, in the store, for everybody, until it is {@linkplain #delete() deleted}. One log entry.
     *
     * @param limit how many permits there are from now on, 0 to {@value #MAX_LIMIT}; 0 lets nobody in
     * @throws IllegalArgumentException if it is out of bounds
     * @throws InterruptedException if interrupted while waiting; it may have been set
     * @throws dev.coord.CoordException as writes do
     */
    public void setLimit(int limit) throws InterruptedException {
        Async.refuseIfInterrupted();
        Async.awaitDone(coord(), setLimitAsync(limit));
    }

    /**
     * Sets the limit as {@link #setLimit} does, without waiting.
     *
     * @param limit how many permits there are from now on, 0 to {@value #MAX_LIMIT}; 0 lets nobody in
     * @return completes when it is set
     * @throws IllegalArgumentException if it is out of bounds
     */
    public CompletableFuture<Void> setLimitAsync(int limit) {
        check(limit, 0, "limit");
        return Async.done(coord().kv().txn().then(limitIs(limit)).commitAsync());
    }

    private Op limitIs(int limit) {
        return Op.put(want().queue().capacityKey(), Integer.toString(limit));
    }

    /**
     * Sets the limit if it is the expected one. A linearizable read and a log entry.
     *
     * @param expected the limit that it is to replace
     * @param limit how many permits there are from now on, 0 to {@value #MAX_LIMIT}; 0 lets nobody in
     * @return false if it is another, or was set by another at the same moment
     * @throws IllegalArgumentException if the new limit is out of bounds
     * @throws InterruptedException if interrupted while waiting; it may have been set
     * @throws dev.coord.CoordException as writes do
     */
    public boolean trySetLimit(int expected, int limit) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord(), trySetLimitAsync(expected, limit), set -> {});
    }

    /**
     * Sets the limit if it is the expected one, as {@link #trySetLimit} does, without waiting.
     *
     * @param expected the limit that it is to replace
     * @param limit how many permits there are from now on, 0 to {@value #MAX_LIMIT}; 0 lets nobody in
     * @return false if it is another, or was set by another at the same moment
     * @throws IllegalArgumentException if the new limit is out of bounds
     */
    public CompletableFuture<Boolean> trySetLimitAsync(int expected, int limit) {
        check(limit, 0, "limit");
        return Async.then(lookAsync(), now -> {
            if (now.capacity() != expected) {
                return CompletableFuture.completedFuture(false);
            }
            Guard unchanged = Guard.modRevisionIs(want().queue().capacityKey(), now.capacitySet());
            return Async.map(
                    coord().kv().txn().when(unchanged).then(limitIs(limit)).commitAsync(), TxnResult::succeeded);
        });
    }

    /**
     * Forgets the limit that was set, so that the one given in code counts again and nothing is left in the store; unless
     * somebody holds permits or waits for them. One log entry.
     *
     * @return false if somebody does
     * @throws InterruptedException if interrupted while waiting; it may have been deleted
     * @throws dev.coord.CoordException as writes do
     */
    public boolean delete() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord(), deleteAsync(), deleted -> {});
    }

    /**
     * Forgets the limit that was set, as {@link #delete} does, without waiting.
     *
     * @return false if somebody holds permits or waits for them
     */
    public CompletableFuture<Boolean> deleteAsync() {
        QueuePath queue = want().queue();
        Guard nobodyHolds = Guard.absent(KeyRange.prefix(queue.holderKey("")));
        Guard nobodyWaits = Guard.absent(KeyRange.prefix(queue.waiterKey("")));
        return Async.map(
                coord().kv()
                        .txn()
                        .when(nobodyHolds, nobodyWaits)
                        .then(Op.delete(queue.capacityKey()))
                        .commitAsync(),
                TxnResult::succeeded);
    }

    @Override
    SemaphoreHandle handle(Holding holding) {
        return new SemaphoreHandle(holding);
    }

    @Override
    public String toString() {
        return "DistributedSemaphore(" + want().queue().path() + ", permits "
                + want().ask().permits() + ")";
    }
}
