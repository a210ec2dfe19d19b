package dev.coord.recipes.sync;

import dev.coord.Coord;
import dev.coord.kv.Guard;
import dev.coord.recipes.internal.Async;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A member that has entered a {@link DoubleBarrier} with all others. Usable from any thread.
 *
 * <p>If its session ends in the store, the member counts as having left; {@link #guard()} tells the store's view.
 */
public final class BarrierMember implements AutoCloseable {
    private final Coord coord;
    private final MemberKeys keys;
    private final String key;
    private final long token;
    private final long round;
    /** The first request to leave; null before. */
    private final AtomicReference<@Nullable CompletableFuture<Void>> left = new AtomicReference<>();

    BarrierMember(Coord coord, MemberKeys keys, String key, long token, long round) {
        this.coord = coord;
        this.keys = keys;
        this.key = key;
        this.token = token;
        this.round = round;
    }

    /**
     * Returns the number of the round: the revision at which the last member entered, the same at all its members.
     *
     * @return positive, greater than those of all rounds before
     */
    public long round() {
        return round;
    }

    /**
     * Returns the condition "while this member is in", for {@link dev.coord.kv.Txn#when}.
     *
     * @return the guard, the same at each call
     */
    public Guard guard() {
        return Guard.createRevisionIs(key, token);
    }

    /**
     * Leaves, and waits as long as it takes until all members of the round have left or died.
     *
     * @throws InterruptedException if interrupted; the member has left or will have
     * @throws dev.coord.CoordException {@link dev.coord.ClosedException} if the handle is closed
     */
    public void leave() throws InterruptedException {
        Async.refuseIfInterrupted();
        Async.awaitDone(coord, leaveAsync());
    }

    /**
     * Leaves, and waits until all members of the round have left or died.
     *
     * @param patience how long to wait for the others
     * @return false if some were still in; this one has left or will have
     * @throws InterruptedException if interrupted; the member has left or will have
     */
    public boolean leave(Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord, leaveAsync(patience));
    }

    /**
     * Leaves, without blocking.
     *
     * @return completes when all members of the round have left or died; cancel it to wait for them no longer
     */
    public CompletableFuture<Void> leaveAsync() {
        return Async.then(
                () -> new Leaving(coord, keys, depart(), round).start(null),
                all -> CompletableFuture.completedFuture(null));
    }

    /**
     * Leaves, without blocking.
     *
     * @param patience how long to wait for the others
     * @return true when all members of the round have left or died, false if patience ended first
     */
    public CompletableFuture<Boolean> leaveAsync(Duration patience) {
        return new Leaving(coord, keys, depart(), round).start(patience);
    }

    /** Leaves, and does not wait for anybody: the member leaves in the background. Safe to repeat. */
    @Override
    public void close() {
        abandon();
    }

    void abandon() {
        CompletableFuture<Void> ignored = depart();
    }

    /** Has the key deleted, once; completes when the store has done so or the session has ended. */
    private CompletableFuture<Void> depart() {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> first = left.compareAndExchange(null, mine);
        if (first != null) {
            return first;
        }
        Async.whenDone(Leaving.depart(coord, keys, key), (done, failure) -> mine.complete(null));
        return mine;
    }

    @Override
    public String toString() {
        return "BarrierMember " + key + " of round " + round;
    }
}
