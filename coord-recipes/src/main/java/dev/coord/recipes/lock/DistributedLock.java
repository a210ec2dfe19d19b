package dev.coord.recipes.lock;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.kv.RangeQuery;
import dev.coord.recipes.internal.Ask;
import dev.coord.recipes.internal.DelayedClaim;
import dev.coord.recipes.internal.Holding;
import dev.coord.recipes.internal.QueuePath;
import dev.coord.recipes.internal.Terms;
import dev.coord.recipes.internal.Want;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Lock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A lock that one holder in the cluster has at a time, granted in the order of requests. Immutable; safe for use by any
 * thread, and cheap to create.
 *
 * <p><b>What it promises.</b> At any moment at most one handle {@linkplain LockHandle#isValid() is valid}, and each grant
 * has a greater fencing token than all before. A holder that is paused past its validity may still act; its token and
 * guard make that harmless: see {@link dev.coord.recipes.FencedHandle}.
 *
 * <p><b>Not reentrant.</b> Ownership is the handle, not the thread: whoever asks again, waits for itself. See
 * {@link ReentrantDistributedLock}, and {@link #asLock()} for code that locks by thread.
 *
 * <p><b>What it costs.</b> A free lock costs one log entry, a busy one an entry and a watch; to release it is an entry, by
 * which it passes on to the next at once. How requests wait, and how they fail, is told at {@link Acquirable}.
 *
 * <p>The scheme is ZooKeeper's lock recipe on revisions, as etcd has it; the token is Chubby's sequencer.
 */
public final class DistributedLock extends Acquirable<LockHandle> {
    /** The longest lock-delay, which is Chubby's. */
    public static final Duration MAX_LOCK_DELAY = Duration.ofMinutes(1);

    private final Terms terms;
    private final Duration lockDelay;

    private DistributedLock(Coord coord, Want want, Terms terms, Duration lockDelay) {
        super(coord, List.of(want));
        this.terms = terms;
        this.lockDelay = lockDelay;
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
        Want want = Want.exclusive(new QueuePath(requireNonNull(path, "path")), Ask.of(1, ""));
        return new DistributedLock(coord, want, Terms.PLAIN, Duration.ZERO);
    }

    /**
     * Returns the same lock, with what {@link #holder()} is to tell of those who acquire it here.
     *
     * @param text who or why, for operators
     * @return the lock
     */
    public DistributedLock withHolder(String text) {
        return with(want().ask().withText(requireNonNull(text, "text")), terms);
    }

    private DistributedLock with(Ask ask, Terms how) {
        return new DistributedLock(coord(), Want.exclusive(want().queue(), ask), how, lockDelay);
    }

    /**
     * Returns the same lock, acquired on somebody's behalf: what {@link #holder()} and {@link WaitGraph} tell. An owner does
     * one thing after another, such as a request, a job or a transaction: while it waits for a lock it releases nothing. It
     * may hold locks of several sessions and peers. The lock is not reentrant for all that; see
     * {@link ReentrantDistributedLock}.
     *
     * @param owner a name of the cluster's, not empty; with the holder's text, at most 4,096 characters
     * @return the lock
     * @throws IllegalArgumentException if the name is empty or too long
     */
    public DistributedLock withOwner(String owner) {
        return with(want().ask().ownedBy(Owners.check(owner)), terms);
    }

    /**
     * Returns the same lock, with requests that fail with {@link DeadlockException} when they would wait for ever: when the
     * owner holds something that those need, directly or through others, for whom it is going to wait. The one whose request
     * closes the circle gives up; it should release what it holds and begin anew. Off unless asked for; the owner must be
     * named.
     *
     * <p><b>Why each deadlock is found, and by one.</b> To wait is to have a key in the store, and owners who wait release
     * nothing; so a deadlock comes into being when the last of its waiters writes its key, and lasts. That waiter looks after
     * it has written, at this peer's replica, which has the key: it sees the whole circle, in which all others are older. When
     * those look they leave out whoever came after them, and what they see is no circle. Hence as many give up as requests have
     * closed a circle. Nobody gives up without one: an old state shows no deadlock that is not there any more, unless one in it
     * gave up, timed out or died at that very moment.
     *
     * <p><b>What it rests on.</b> All whose requests could close the circle detect deadlocks, below a prefix that covers it; and
     * an owner does one thing after another. What it released through the same {@link Coord} before a request is released by
     * then, even if it did not wait for that, unless the store could not be reached: so whoever sees a circle looks again after
     * a quarter of a second before it gives up. An owner whose session died and who goes on under the same name with another
     * seems to hold what it lost until the store has expired the old one: take another name, or wait for that. Not found is what
     * comes of no request, as of a semaphore's limit that is lowered.
     *
     * <p><b>Costs</b> nothing while the lock is free, and one local read of all keys below the prefix whenever a request begins
     * to wait for another (one more if it gives up): no message, no log entry. Requests fail with
     * {@link dev.coord.LimitExceededException} if there are more than {@value WaitGraph#MAX_KEYS} keys.
     *
     * @param prefix what the paths of all locks that may be part of a deadlock begin with, such as {@code /locks/}
     * @return the lock
     * @throws IllegalArgumentException if the prefix is no proper one, or does not cover this lock
     */
    public DistributedLock detectingDeadlocks(String prefix) {
        DeadlockCheck check = new DeadlockCheck(coord(), prefix);
        String path = want().queue().path();
        if (!(path + "/").startsWith(prefix)) {
            throw new IllegalArgumentException("prefix " + prefix + " does not cover " + path);
        }
        return with(want().ask(), terms.checking(check));
    }

    /**
     * Returns the same lock, but if a holder that acquired it here fails, nobody gets it for a while after: for the sake of
     * resources that check neither token nor guard, to which what the failed holder had sent may come late. A lock that is
     * released, or whose {@link dev.coord.Coord} is closed, passes on without delay. A failure is that the session lapses,
     * even if it recovers: then the delay begins. It ends no sooner than was asked for, and later by two
     * thirds of that and of the session's time to live, at most.
     *
     * <p>Each acquisition takes a lease of its own, which outlives the session: two log entries more,
     * to grant and to revoke it, and one of the session's leases. And nobody else lets such a waiter in: when its turn
     * comes it comes in by an entry of its own. If this peer cannot reach the store for longer than session and delay while it
     * waits, it waits anew, behind the others.
     *
     * @param delay positive, and {@link #MAX_LOCK_DELAY} at most
     * @return the lock
     * @throws IllegalArgumentException if the delay is out of bounds
     */
    public DistributedLock withLockDelay(Duration delay) {
        if (delay.isZero() || delay.isNegative() || delay.compareTo(MAX_LOCK_DELAY) > 0) {
            throw new IllegalArgumentException(
                    "lock-delay " + delay + "; it must be positive, and " + MAX_LOCK_DELAY + " at most");
        }
        return new DistributedLock(coord(), want(), terms, delay);
    }

    @Override
    Terms terms() {
        if (terms.check() != null && owner().isEmpty()) {
            throw new IllegalStateException("deadlocks are between owners: say with withOwner who acquires " + this);
        }
        return terms;
    }

    @Override
    <T> CompletableFuture<T> claim(@Nullable Duration patience, Function<Optional<Holding>, T> view) {
        return lockDelay.isZero()
                ? super.claim(patience, view)
                : DelayedClaim.start(coord(), wants(), terms(), lockDelay, patience, view);
    }

    /**
     * Tells who holds the lock. A linearizable read; the answer may be outdated when it arrives.
     *
     * @return the holder, empty if the lock is free
     * @throws InterruptedException if interrupted while waiting
     */
    public Optional<LockInfo> holder() throws InterruptedException {
        RangeQuery holders = RangeQuery.of(want().queue().holders());
        return want().line(coord().kv().range(holders)).holders().stream()
                .findFirst()
                .map(place -> new LockInfo(
                        place.ask().text(), place.since(), place.ask().owner()));
    }

    @Override
    LockHandle handle(Holding holding) {
        return new LockHandle(holding);
    }

    <T> T orTimeout(Optional<T> held, Duration patience) {
        return held.orElseThrow(() -> timeout(patience));
    }

    String owner() {
        return want().ask().owner();
    }

    /** Acquires it as {@link #acquireAsync()} does; never empty. */
    CompletableFuture<Optional<LockHandle>> claim() {
        return claim(null, held -> held.map(this::handle));
    }

    /**
     * Returns a view of this lock for code that knows {@link Lock} only. It is <em>thread-owned</em>, unlike everything else
     * here: whichever thread locks it must unlock it, and may lock it again before. Each thread has a claim of its own, with
     * an owner named after the thread and this lock's owner. Virtual threads are as good as others.
     *
     * <p>{@code lock()} and {@code tryLock()} go on when interrupted and keep the interrupt (but a thread that is interrupted
     * a hundred times meanwhile gets an {@link IllegalStateException}); the other two forms throw. All throw the
     * {@link dev.coord.CoordException}s of this lock. Conditions are not supported.
     *
     * <p>A {@code Lock} has no way to tell that it was lost with its session, so this one tells late: to lock it again while
     * holding it, and to unlock it, throws {@link dev.coord.FencedException} if it was lost meanwhile. Each {@code unlock()}
     * counts down before it throws, so that nested {@code finally} blocks end as they should. Nor has it a token or a guard to
     * make a late write harmless: code that can should use {@link #acquire} instead.
     *
     * <p>What a thread holds is known to the view by which it locked, so share one; a thread that ends without unlocking keeps
     * the lock until the session ends.
     *
     * @return a view of its own
     */
    public Lock asLock() {
        return new ThreadOwnedLock(this);
    }

    @Override
    public String toString() {
        return "DistributedLock(" + want().queue().path() + ")";
    }
}
