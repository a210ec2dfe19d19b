package dev.coord.recipes.lock;

import static java.util.Objects.requireNonNull;

import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Grip;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A readers-writers lock held to read: see {@link FencedHandle} for what it promises, except that other readers may have it
 * too. {@link #close()} releases it, and with it what it was upgraded to.
 */
public final class ReadLockHandle extends HeldHandle {
    private final Grip grip;

    ReadLockHandle(Grip grip) {
        super(grip.holding());
        this.grip = grip;
    }

    /**
     * Upgrades to the writer's lock. At once if there is no other reader; else, from now on, newcomers are kept out, and it
     * waits for the readers to leave. It comes before writers that wait in line, as these wait for this reader.
     *
     * <p>Of two readers that upgrade, each would wait for the other. So the second is refused at once: it should release its
     * lock, for the first waits for that.
     *
     * <p>The upgrade has a fencing token of its own, greater than those of all before. This handle stays valid through all of it: it is the one to close in the end. Closing the handle of the upgrade goes
     * back to reading.
     *
     * @param patience how long to wait for the other readers; if not positive, there must be none
     * @return what came of it
     * @throws IllegalStateException if this handle is being upgraded already, or is upgraded
     * @throws dev.coord.FencedException if this handle is lost
     * @throws dev.coord.UnavailableException if the store did not answer in time; the lock is still held to read
     * @throws InterruptedException if interrupted; then the lock is still held to read
     */
    public Upgrade tryUpgrade(Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(grip.holding().coord(), tryUpgradeAsync(patience), ReadLockHandle::giveBack);
    }

    /**
     * Upgrades to the writer's lock as {@link #tryUpgrade} does, without waiting on this thread.
     *
     * @param patience how long to wait for the other readers; if not positive, there must be none
     * @return what came of it; cancel the future to go on reading
     * @throws IllegalStateException if this handle is being upgraded already, or is upgraded
     */
    public CompletableFuture<Upgrade> tryUpgradeAsync(Duration patience) {
        return grip.raise(requireNonNull(patience, "patience"), this::upgrade, ReadLockHandle::giveBack);
    }

    private Upgrade upgrade(Grip.Raised raised) {
        return switch (raised.answer()) {
            case RAISED -> new Upgrade(Upgrade.Outcome.UPGRADED, Optional.of(new WriteLockHandle(grip, this, raised)));
            case OTHERS_STAYED -> new Upgrade(Upgrade.Outcome.READERS_STAYED, Optional.empty());
            case ANOTHER_RAISES -> new Upgrade(Upgrade.Outcome.ANOTHER_UPGRADES, Optional.empty());
        };
    }

    private static void giveBack(Upgrade upgrade) {
        upgrade.handle().ifPresent(WriteLockHandle::closeAsync);
    }
}
