package dev.coord.recipes.lock;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.kv.RangeQuery;
import dev.coord.recipes.internal.Ask;
import dev.coord.recipes.internal.Holding;
import dev.coord.recipes.internal.QueuePath;
import dev.coord.recipes.internal.Want;
import java.util.List;
import java.util.Optional;

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

    private DistributedLock(Coord coord, Want want) {
        super(coord, List.of(want));
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
        return new DistributedLock(coord, Want.exclusive(new QueuePath(requireNonNull(path, "path")), Ask.of(1, "")));
    }

    /**
     * Returns the same lock, with what {@link #holder()} is to tell of those who acquire it here.
     *
     * @param text who or why, for operators
     * @return the lock
     */
    public DistributedLock withHolder(String text) {
        return new DistributedLock(
                coord(), Want.exclusive(want().queue(), want().ask().withText(requireNonNull(text, "text"))));
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
