package dev.coord.recipes.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.FencedException;
import dev.coord.kv.Entry;
import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeWorld;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The view for code that locks by thread. */
@SuppressWarnings("FutureReturnValueIgnored")
class ThreadOwnedLockTest {
    private static final Duration TTL = Duration.ofSeconds(3);
    private static final Duration LAPSE = Duration.ofMillis(2800);
    private static final String PATH = "/locks/ledger";

    private final FakeWorld world = FakeWorld.instant();
    private final FakeCoord a = world.join(TTL);
    private final Lock lock = DistributedLock.on(a, PATH).asLock();

    private List<Entry> queue() {
        return world.store().entries(PATH + "/~");
    }

    @AfterEach
    void nothingIsLeft() {
        world.settleUntil(() -> queue().isEmpty());
    }

    private static Callable<String> doing(Runnable action) {
        return () -> {
            action.run();
            return "done";
        };
    }

    @Test
    void lock_isReentrant_andReleasedByTheLastUnlock() throws Exception {
        world.blocking(doing(() -> {
            lock.lock();
            lock.lock();
            assertThat(lock.tryLock()).isTrue();
            lock.unlock();
            lock.unlock();
            assertThat(queue()).hasSize(1);
            lock.unlock();
            assertThat(queue()).isEmpty();
            assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
        }));
    }

    @Test
    void otherThread_neitherLocksNorUnlocks() throws Exception {
        LockHandle held = world.blocking(() -> DistributedLock.on(a, PATH).acquire());
        world.blocking(() -> {
            assertThat(lock.tryLock()).isFalse();
            assertThat(lock.tryLock(-1, TimeUnit.SECONDS)).isFalse();
            assertThatThrownBy(lock::unlock)
                    .isInstanceOf(IllegalMonitorStateException.class)
                    .hasMessageContaining(Thread.currentThread().getName());
            return "done";
        });
        CompletableFuture<Boolean> timed = new CompletableFuture<>();
        FakeWorld.startBlocking(() -> lock.tryLock(2, TimeUnit.SECONDS), timed);
        world.settleUntil(() -> queue().size() == 2);
        world.advance(Duration.ofSeconds(2));
        world.settleUntil(timed::isDone);
        assertThat(timed.join()).isFalse();
        held.closeAsync();
    }

    @Test
    void lock_interruptedWhileItWaits_goesOnAndKeepsTheInterrupt() throws Exception {
        LockHandle held = world.blocking(() -> DistributedLock.on(a, PATH).acquire());
        CompletableFuture<Boolean> kept = new CompletableFuture<>();
        Thread waiter = FakeWorld.startBlocking(
                () -> {
                    lock.lock();
                    boolean interrupted = Thread.currentThread().isInterrupted();
                    lock.unlock();
                    return interrupted && Thread.interrupted();
                },
                kept);
        world.settleUntil(() -> queue().size() == 2);
        waiter.interrupt();
        world.settle();
        assertThat(queue()).hasSize(2);
        assertThat(kept).isNotDone();
        held.closeAsync();
        world.settleUntil(kept::isDone);
        assertThat(kept.join()).isTrue();
    }

    @Test
    void lockInterruptibly_interrupted_leavesTheQueue() throws Exception {
        LockHandle held = world.blocking(() -> DistributedLock.on(a, PATH).acquire());
        CompletableFuture<String> failed = new CompletableFuture<>();
        Thread waiter = FakeWorld.startBlocking(
                () -> {
                    lock.lockInterruptibly();
                    return "locked";
                },
                failed);
        world.settleUntil(() -> queue().size() == 2);
        waiter.interrupt();
        world.settleUntil(() -> failed.isDone() && queue().size() == 1);
        assertThatThrownBy(failed::get).hasCauseInstanceOf(InterruptedException.class);
        held.closeAsync();
    }

    @Test
    void loss_isToldByTheNextLockAndByEachUnlock_whichCountsDownAllTheSame() throws Exception {
        CompletableFuture<Void> locked = new CompletableFuture<>();
        CompletableFuture<Void> lapsed = new CompletableFuture<>();
        CompletableFuture<String> result = new CompletableFuture<>();
        FakeWorld.startBlocking(
                () -> {
                    lock.lock();
                    lock.lock();
                    locked.complete(null);
                    lapsed.get();
                    assertThatThrownBy(lock::lock).isInstanceOf(FencedException.class);
                    assertThatThrownBy(lock::tryLock).isInstanceOf(FencedException.class);
                    assertThatThrownBy(lock::unlock).isInstanceOf(FencedException.class);
                    assertThatThrownBy(lock::unlock)
                            .isInstanceOf(FencedException.class)
                            .hasMessageContaining(PATH);
                    assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
                    lock.lock();
                    lock.unlock();
                    return "done";
                },
                result);
        world.settleUntil(locked::isDone);
        a.cut();
        world.advance(LAPSE);
        a.heal();
        world.advance(TTL);
        lapsed.complete(null);
        world.settleUntil(result::isDone);
        assertThat(result.get()).isEqualTo("done");
    }

    @Test
    void conditions_areNotSupported_andSayWhy() {
        assertThatThrownBy(lock::newCondition)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("token");
    }

    @Test
    void threads_areOwners() throws Exception {
        String said = world.blocking(() -> {
            lock.lock();
            String text = queue().get(0).text();
            lock.unlock();
            return text;
        });
        assertThat(said)
                .contains(Long.toHexString(a.session().id()) + "/Thread-")
                .contains("#");
    }
}
