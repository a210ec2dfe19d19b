package dev.coord.recipes.lock;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.kv.RangeQuery;
import dev.coord.recipes.internal.Ask;
import dev.coord.recipes.internal.DelayedClaim;
import dev.coord.recipes.internal.Holding;
import dev.coord.recipes.internal.QueuePath;
import dev.coord.recipes.internal.Want;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
 * <p><b>Not reentrant.</b> Ownership is the handle, not the thread: whoever asks again, waits for itself.
 *
 * <p><b>What it costs.</b> A free lock costs one log entry, a busy one an entry and a watch; to release it is an entry, by
 * which it passes on to the next at once. How requests wait, and how they fail, is told at {@link Acquirable}.
 *
 * <p>The scheme is ZooKeeper's lock recipe on revisions, as etcd has it; the token is Chubby's sequencer.
 */
public final class DistributedLock extends Acquirable<LockHandle> {
    /** The longest lock-delay, which is Chubby's. */
    public static final Duration MAX_LOCK_DELAY = Duration.ofMinutes(1);

    private final Duration lockDelay;

    private DistributedLock(Coord coord, Want want, Duration lockDelay) {
        super(coord, List.of(want));
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
        return new DistributedLock(
                coord, Want.exclusive(new QueuePath(requireNonNull(path, "path")), Ask.of(1, "")), Duration.ZERO);
    }

    /**
     * Returns the same lock, with what {@link #holder()} is to tell of those who acquire it here.
     *
     * @param text who or why, for operators
     * @return the lock
     */
    public DistributedLock withHolder(String text) {
        Ask ask = want().ask().withText(requireNonNull(text, "text"));
        return new DistributedLock(coord(), Want.exclusive(want().queue(), ask), lockDelay);
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
        return new DistributedLock(coord(), want(), delay);
    }

    @Override
    <T> CompletableFuture<T> claim(@Nullable Duration patience, Function<Optional<Holding>, T> view) {
        return lockDelay.isZero()
                ? super.claim(patience, view)
                : DelayedClaim.start(coord(), wants(), lockDelay, patience, view);
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
                .map(place -> new LockInfo(place.ask().text(), place.since()));
    }

    @Override
    LockHandle handle(Holding holding) {
        return new LockHandle(holding);
    }

    @Override
    public String toString() {
        return "DistributedLock(" + want().queue().path() + ")";
    }
}
