package dev.coord.recipes.lock;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.LimitExceededException;
import dev.coord.recipes.internal.Async;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** The view that {@link DistributedLock#asLock()} describes. */
final class ThreadOwnedLock implements Lock {
    private static final int MAX_NAME = 200;

    private final DistributedLock lock;
    private final Coord coord;
    /** Each view's own, as with the JDK's reentrant locks: gone with the thread or with the view. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable Hold> holds = new ThreadLocal<>();

    /** What a thread holds. */
    private static final class Hold {
        private final LockHandle handle;
        private int count = 1;

        Hold(LockHandle handle) {
            this.handle = handle;
        }
    }

    ThreadOwnedLock(DistributedLock lock) {
        this.lock = lock;
        this.coord = lock.coord();
    }

    @Override
    public void lock() {
        if (!isReentered()) {
            hold(Async.awaitUninterruptibly(coord, mine().claim()));
        }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        Async.refuseIfInterrupted();
        if (!isReentered()) {
            hold(Optional.of(mine().acquire()));
        }
    }

    @Override
    public boolean tryLock() {
        return isReentered() || hold(Async.awaitUninterruptibly(coord, mine().tryAcquireAsync(Duration.ZERO)));
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        Duration patience = Duration.of(time, requireNonNull(unit, "unit").toChronoUnit());
        Async.refuseIfInterrupted();
        return isReentered() || hold(mine().tryAcquire(patience));
    }

    private boolean hold(Optional<LockHandle> granted) {
        granted.ifPresent(handle -> holds.set(new Hold(handle)));
        return granted.isPresent();
    }

    /** Counts up if this thread holds the lock already. */
    private boolean isReentered() {
        Hold hold = holds.get();
        if (hold == null) {
            return false;
        }
        if (!hold.handle.isValid()) {
            throw lost(hold);
        }
        if (hold.count == ReentrantDistributedLock.MAX_HOLDS) {
            throw new LimitExceededException(
                    "this thread has locked " + lock + " " + hold.count + " times; unlock it as often first");
        }
        hold.count++;
        return true;
    }

    @Override
    public void unlock() {
        Hold hold = holds.get();
        if (hold == null) {
            throw new IllegalMonitorStateException(
                    "thread " + Thread.currentThread().getName() + " does not hold " + lock
                            + " by this view; the thread that locked it must unlock it");
        }
        boolean valid = hold.handle.isValid();
        hold.count--;
        if (hold.count == 0) {
            holds.remove();
            release(hold.handle, valid);
        }
        if (!valid) {
            throw lost(hold);
        }
    }

    private static void release(LockHandle handle, boolean valid) {
        if (valid) {
            handle.close();
        } else {
            CompletableFuture<Void> ignored = handle.closeAsync(); // long on its way
        }
    }

    private FencedException lost(Hold hold) {
        return new FencedException("thread " + Thread.currentThread().getName() + " has lost " + hold.handle
                + " while it held it; what it did since then was not protected. It has yet to unlock it " + hold.count
                + " times");
    }

    private DistributedLock mine() {
        Thread thread = Thread.currentThread();
        String name = thread.getName();
        String base = lock.owner().isEmpty() ? Long.toHexString(coord.session().id()) : lock.owner();
        return lock.withOwner(base + "/" + name.substring(0, Math.min(name.length(), MAX_NAME)) + "#" + thread.getId());
    }

    @Override
    public Condition newCondition() {
        throw new UnsupportedOperationException(
                "no conditions: to wait for one would release the lock and take it anew, with another token. Watch a key");
    }

    @Override
    public String toString() {
        return lock + ".asLock()";
    }
}
