package dev.coord.recipes.lock;

import dev.coord.Coord;
import dev.coord.kv.RangeQuery;
import dev.coord.recipes.internal.Ask;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Claim;
import dev.coord.recipes.internal.Holding;
import dev.coord.recipes.internal.QueuePath;
import dev.coord.recipes.internal.Terms;
import dev.coord.recipes.internal.Want;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A lock that one holder in the cluster has at a time, granted in the order of requests. Immutable; safe for use by any
 * thread, and cheap to create.
 *
 * <p><b>What it promises.</b> At any moment at most one handle {@linkplain LockHandle#isValid() is valid}, and each grant
 * has a greater fencing token than all before. A holder that is paused past its validity may still act; its token and
 * guard make that harmless: see {@link dev.coord.recipes.FencedHandle}.
 *
 * <p><b>Not reentrant.</b> Ownership is the handle, not the thread: whoever asks again, waits for itself.
 *
 * <p><b>Waiting.</b> Waiters stand in line in the store and each is woken once, by the end of the one before it. A free
 * lock costs one write, a busy one a write, and two reads. A session that lapses and recovers while its waiter waits
 * keeps the place. Blocking forms wait on the calling thread; of the {@code …Async} forms, dependents run on the peer's
 * callback threads, and cancelling the future gives the request up.
 *
 * <p><b>Failures</b> of every form, all of which mean that nothing is held and nothing is left behind while the session
 * lives: {@link dev.coord.UnavailableException} if the store did not answer in the time given (forms without a time go
 * on trying), {@link dev.coord.SessionExpiredException} if the session has ended, {@link dev.coord.FencedException} if
 * someone deleted the waiter's key, {@link dev.coord.LimitExceededException}, {@link dev.coord.ClosedException}. No form
 * fails with {@link dev.coord.IndeterminateException}: what is not known is settled or given back in the background.
 *
 * <p>The scheme is ZooKeeper's lock recipe on revisions, as etcd has it; the token is Chubby's sequencer.
 */
public final class DistributedLock {
    private final Coord coord;
    private final Want want;

    private DistributedLock(Coord coord, Want want) {
        this.coord = coord;
        this.want = want;
    }

    /**
     * Returns the lock of this name. Does not touch the store.
     *
     * @param coord the handle whose session is to hold the lock
     * @param path the lock's name, such as {@code /locks/ledger}; its waiters are keys below it that begin with
     *     {@code ~}
     * @return the lock
     * @throws IllegalArgumentException if the path is no proper key, ends with {@code /}, or has a part that begins with
     *     {@code ~}
     */
    public static DistributedLock on(Coord coord, String path) {
        return new DistributedLock(coord, Want.exclusive(new QueuePath(path), Ask.of(1, "")));
    }

    /**
     * Returns the same lock, with what {@link #holder()} is to tell of those who acquire it here.
     *
     * @param text who or why, for operators
     * @return the lock
     */
    public DistributedLock withHolder(String text) {
        return new DistributedLock(
                coord, Want.exclusive(want.queue(), want.ask().withText(text)));
    }

    /**
     * Acquires the lock, waiting as long as it takes.
     *
     * @return the lock, held
     * @throws InterruptedException if interrupted; then nothing is held
     */
    public LockHandle acquire() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.awaitHeld(coord, acquireAsync());
    }

    /**
     * Acquires the lock or fails; for callers to whom a busy lock is an error. Otherwise see
     * {@link #tryAcquire(Duration)}.
     *
     * @param patience how long to wait; if not positive, the lock must be free
     * @return the lock, held
     * @throws LockTimeoutException if others held it for that long
     * @throws InterruptedException if interrupted; then nothing is held
     */
    public LockHandle acquire(Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.awaitHeld(coord, acquireAsync(patience));
    }

    /**
     * Acquires the lock if it is free. Does not queue; takes one write.
     *
     * @return the lock, empty if it is held or waited for
     * @throws InterruptedException if interrupted; then nothing is held
     */
    public Optional<LockHandle> tryAcquire() throws InterruptedException {
        return tryAcquire(Duration.ZERO);
    }

    /**
     * Acquires the lock if it comes free in time.
     *
     * @param patience how long to wait in the queue; if not positive, the lock must be free
     * @return the lock, empty if others held it for that long
     * @throws InterruptedException if interrupted; then nothing is held
     */
    public Optional<LockHandle> tryAcquire(Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.awaitIfHeld(coord, tryAcquireAsync(patience));
    }

    /**
     * Acquires the lock without waiting for it on this thread.
     *
     * @return the lock, held; cancel the future to leave the queue
     */
    public CompletableFuture<LockHandle> acquireAsync() {
        return Claim.queued(coord, List.of(want), Terms.PLAIN, LockHandle::new);
    }

    /**
     * Acquires the lock, or fails, without waiting on this thread.
     *
     * @param patience how long to stay in the queue; if not positive, the lock must be free
     * @return the lock, held; fails with {@link LockTimeoutException}; cancel the future to leave the queue
     */
    public CompletableFuture<LockHandle> acquireAsync(Duration patience) {
        return Claim.queuedFor(coord, List.of(want), Terms.PLAIN, patience, held -> orTimeout(held, patience));
    }

    /**
     * Acquires the lock if it comes free in time, without waiting on this thread.
     *
     * @param patience how long to stay in the queue; if not positive, the lock must be free
     * @return the lock, empty if others held it for that long; cancel the future to leave the queue
     */
    public CompletableFuture<Optional<LockHandle>> tryAcquireAsync(Duration patience) {
        return Claim.queuedFor(coord, List.of(want), Terms.PLAIN, patience, held -> held.map(LockHandle::new));
    }

    /**
     * Tells who holds the lock. A linearizable read; the answer may be outdated when it arrives.
     *
     * @return the holder, empty if the lock is free
     * @throws InterruptedException if interrupted while waiting
     */
    public Optional<LockInfo> holder() throws InterruptedException {
        RangeQuery holders = RangeQuery.of(want.queue().holders());
        return want.line(coord.kv().range(holders)).holders().stream()
                .findFirst()
                .map(place -> new LockInfo(place.ask().text(), place.since()));
    }

    private LockHandle orTimeout(Optional<Holding> held, Duration patience) {
        return held.map(LockHandle::new)
                .orElseThrow(
                        () -> new LockTimeoutException("lock " + want.queue().path() + " was busy for " + patience));
    }

    @Override
    public String toString() {
        return "DistributedLock(" + want.queue().path() + ")";
    }
}
