package dev.coord.recipes.sync;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Txn;
import dev.coord.recipes.internal.Async;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * A meeting point for a fixed number of parties, again and again: each waits for all, then all go on and the next
 * generation begins. As {@link java.util.concurrent.CyclicBarrier}, for the processes of a cluster. Immutable; safe for use
 * by any thread, and cheap to create. All parties must give the same number.
 *
 * <p><b>What it promises.</b> Either all parties of a generation pass, or none does. A party passes only if as many as
 * agreed arrived, each with a session that had not ended when the last came.
 *
 * <p><b>Broken.</b> When a party that waits dies (its session ends in the store), runs out of patience, is interrupted or
 * cancelled, the others that wait fail with {@link BrokenBarrierException}, and so does whoever arrives later, until
 * somebody calls {@link #reset()}. A party that dies while nobody else waits breaks nothing; its place is free again. So
 * nobody waits for ever for the dead, but without a time a party does wait for one that never came.
 *
 * <p><b>Costs.</b> An arrival is one log entry, of the last party usually two; a waiting party has one watch, which tells it
 * of the end of each party: for n parties n² events for a generation, all local. To break a barrier takes up to one entry
 * for each party. While parties wait there is a key for each and one more; a broken barrier leaves up to two until it is
 * reset.
 *
 * <p><b>Failures</b> besides: {@link dev.coord.SessionExpiredException}, {@link dev.coord.ClosedException}, and
 * {@link dev.coord.IndeterminateException} if the store did not tell whether the party had arrived; then, if it had, the
 * barrier is broken in the background. Forms with a time fail with {@link dev.coord.UnavailableException} if the store
 * cannot be reached until then; the others go on trying.
 */
public final class CyclicBarrier {
    private final Coord coord;
    private final MemberKeys keys;
    private final int parties;

    private CyclicBarrier(Coord coord, MemberKeys keys, int parties) {
        this.coord = requireNonNull(coord, "coord");
        this.keys = keys;
        this.parties = parties;
    }

    /**
     * Returns the barrier of this name. Does not touch the store.
     *
     * @param coord the handle whose session the parties live by
     * @param path the barrier's name; what it needs are keys below it that begin with {@code ~}
     * @param parties how many meet, 1 or more
     * @return the barrier
     * @throws IllegalArgumentException if the number is not positive, or the path is no proper key, ends with {@code /}, or
     *     has a part that begins with {@code ~}
     */
    public static CyclicBarrier on(Coord coord, String path, int parties) {
        if (parties < 1) {
            throw new IllegalArgumentException(parties + " parties; a barrier has 1 or more");
        }
        return new CyclicBarrier(coord, new MemberKeys(path), parties);
    }

    /**
     * Arrives, and waits as long as it takes until all have.
     *
     * @return how many were still to arrive: 0 for the last party
     * @throws InterruptedException if interrupted; the barrier is broken
     * @throws BrokenBarrierException if the barrier is broken
     */
    public int await() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord, awaitAsync());
    }

    /**
     * Arrives, and waits until all have.
     *
     * @param patience how long; if not positive, only the last party passes. If the store does not answer, up to the
     *     operation timeout more
     * @return how many were still to arrive, empty if patience ended and the barrier was broken by that
     * @throws InterruptedException if interrupted; the barrier is broken
     * @throws BrokenBarrierException if the barrier is broken by others
     */
    public OptionalInt await(Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord, awaitAsync(patience));
    }

    /**
     * Arrives, and waits until all have, without blocking.
     *
     * @return as {@link #await()}; to cancel it is to break the barrier
     */
    public CompletableFuture<Integer> awaitAsync() {
        // Without a time the outcome is never empty.
        return Async.map(() -> new CyclicArrival(coord, keys, parties).start(null), OptionalInt::orElseThrow);
    }

    /**
     * Arrives, and waits until all have, without blocking.
     *
     * @param patience as with {@link #await(Duration)}
     * @return as {@link #await(Duration)}; to cancel it is to break the barrier
     */
    public CompletableFuture<OptionalInt> awaitAsync(Duration patience) {
        return new CyclicArrival(coord, keys, parties).start(requireNonNull(patience, "patience"));
    }

    /**
     * Mends a broken barrier. If parties wait, they fail with {@link BrokenBarrierException}; whoever arrives later waits
     * for a new generation.
     *
     * @throws InterruptedException if interrupted while waiting; perhaps reset
     * @throws dev.coord.CoordException as {@link dev.coord.kv.Kv} describes for writes; to repeat it breaks the generation
     *     that waits then
     */
    public void reset() throws InterruptedException {
        Async.refuseIfInterrupted();
        Async.awaitDone(coord, resetAsync());
    }

    /**
     * Mends a broken barrier without waiting.
     *
     * @return completes when it is done; fails as {@link #reset()} does
     */
    public CompletableFuture<Void> resetAsync() {
        Txn emptying = coord.kv().txn().then(Op.delete(keys.members()), Op.delete(CyclicArrival.broken(keys)));
        // Not in one with the parties: those who wait take that for their passing.
        return Async.then(
                emptying::commitAsync,
                emptied -> Async.then(
                        () -> coord.kv()
                                .txn()
                                .when(Guard.absent(keys.members()))
                                .then(Op.delete(CyclicArrival.generation(keys)))
                                .commitAsync(),
                        cleaned -> CompletableFuture.completedFuture(null)));
    }

    /**
     * Tells whether the barrier is broken, by a linearizable read. The answer may be outdated when it arrives.
     *
     * @return true if only {@link #reset()} helps
     * @throws InterruptedException if interrupted while waiting
     */
    public boolean isBroken() throws InterruptedException {
        return coord.kv().get(CyclicArrival.broken(keys)).isPresent();
    }

    /**
     * Tells how many parties wait, by a linearizable read. The answer may be outdated when it arrives.
     *
     * @return 0 or more
     * @throws InterruptedException if interrupted while waiting
     */
    public int waiting() throws InterruptedException {
        RangeQuery count = RangeQuery.of(keys.members()).countedOnly();
        return (int) coord.kv().range(count, Consistency.linearizable()).count();
    }

    @Override
    public String toString() {
        return "CyclicBarrier(" + keys.path() + ", " + parties + " parties)";
    }
}
