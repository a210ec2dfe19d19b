package dev.coord.recipes.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.kv.Entry;
import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The lock while nothing fails. */
@SuppressWarnings("FutureReturnValueIgnored")
class DistributedLockTest {
    private static final Duration TTL = Duration.ofSeconds(3);
    private static final String PATH = "/locks/ledger";

    private final FakeWorld world = FakeWorld.instant();
    private final FakeCoord a = world.join(TTL);
    private final FakeCoord b = world.join(TTL);

    private LockHandle acquire(FakeCoord coord) {
        return granted(DistributedLock.on(coord, PATH).acquireAsync());
    }

    private <T> T granted(CompletableFuture<T> future) {
        world.settle();
        assertThat(future).isCompleted();
        return future.join();
    }

    private List<Entry> queue() {
        return world.store().entries(PATH + "/~");
    }

    @Test
    void acquire_whenFree_takesOneWriteAndAsksNobody() {
        LockHandle lock = acquire(a);

        assertThat(lock.isValid()).isTrue();
        assertThat(lock.validUntil().isPast()).isFalse();
        assertThat(lock.lost()).isNotDone();
        assertThat(world.store().holds(lock.guard())).isTrue();
        assertThat(a.kv().writes()).isEqualTo(1);
        assertThat(a.kv().reads()).isZero();
    }

    @Test
    void acquire_byMany_isGrantedInOrderWithGrowingTokens() {
        List<CompletableFuture<LockHandle>> requests = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            requests.add(DistributedLock.on(world.join(TTL), PATH).acquireAsync());
            world.settle();
        }
        long token = 0;
        for (int i = 0; i < 10; i++) {
            LockHandle lock = granted(requests.get(i));
            assertThat(lock.fencingToken()).isGreaterThan(token);
            requests.subList(i + 1, 10).forEach(later -> assertThat(later).isNotDone());
            token = lock.fencingToken();
            lock.closeAsync();
        }
        world.settle();
        assertThat(queue()).isEmpty();
    }

    @Test
    void release_withManyWaiting_wakesOnlyTheNext() {
        LockHandle first = acquire(a);
        List<FakeCoord> coords = new ArrayList<>();
        List<CompletableFuture<LockHandle>> requests = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            coords.add(world.join(TTL));
            requests.add(DistributedLock.on(coords.get(i), PATH).acquireAsync());
            world.settle();
        }
        long before = world.store().revision();
        first.closeAsync();
        assertThat(granted(requests.get(0)).isValid()).isTrue();

        assertThat(world.store().revision() - before)
                .as("release and grant are one")
                .isEqualTo(1);
        assertThat(coords.get(0).watchesStarted())
                .as("the holders, then its own key")
                .isEqualTo(2);
        assertThat(coords.get(1).watchesStarted())
                .as("the one before it, then the holders")
                .isEqualTo(2);
        coords.subList(2, 20)
                .forEach(other -> assertThat(other.watchesStarted()).isEqualTo(1));
        for (FakeCoord waiter : coords) {
            assertThat(waiter.kv().writes()).isEqualTo(1);
            assertThat(waiter.kv().reads()).isZero();
        }
    }

    @Test
    void cancel_inTheMiddleOfTheQueue_letsTheNextWaitForTheOneBefore() {
        LockHandle first = acquire(a);
        CompletableFuture<LockHandle> second = DistributedLock.on(b, PATH).acquireAsync();
        world.settle();
        FakeCoord c = world.join(TTL);
        CompletableFuture<LockHandle> third = DistributedLock.on(c, PATH).acquireAsync();
        world.settle();

        second.cancel(false);
        world.settle();
        assertThat(third).isNotDone();
        assertThat(queue()).hasSize(2);
        assertThat(b.openWatches()).isZero();

        first.closeAsync();
        assertThat(granted(third).isValid()).isTrue();
    }

    @Test
    void cancel_beforeTheReply_leavesNothingBehind() {
        CompletableFuture<LockHandle> request = DistributedLock.on(a, PATH).acquireAsync();
        request.cancel(false);
        world.settle();

        assertThat(queue()).isEmpty();
        assertThat(a.openWatches()).isZero();
    }

    @Test
    void cancel_afterTheGrant_doesNotTakeTheLockAway() {
        CompletableFuture<LockHandle> request = DistributedLock.on(a, PATH).acquireAsync();
        LockHandle lock = granted(request);
        request.cancel(false);
        world.settle();

        assertThat(lock.isValid()).isTrue();
    }

    @Test
    void close_isSafeToRepeatAndNeverTouchesTheNextHolder() {
        LockHandle first = acquire(a);
        CompletableFuture<LockHandle> request = DistributedLock.on(b, PATH).acquireAsync();
        world.settle();
        CompletableFuture<Void> released = first.closeAsync();
        assertThat(first.isValid()).as("at once").isFalse();
        LockHandle second = granted(request);

        assertThat(first.closeAsync()).isSameAs(released).isCompleted();
        world.settle();

        assertThat(first.lost()).isCompleted();
        assertThat(first.validUntil().isPast()).isTrue();
        assertThat(world.store().holds(first.guard())).isFalse();
        assertThat(second.isValid()).isTrue();
        assertThat(world.store().holds(second.guard())).isTrue();
    }

    @Test
    void close_blocking_returnsWhenTheStoreHasLetGo() throws Exception {
        LockHandle lock = acquire(a);
        int left = world.blocking(() -> {
            lock.close();
            return world.store().entries(PATH).size();
        });
        assertThat(left).isZero();
    }

    @Test
    void tryAcquire_whenBusy_isEmptyAndDoesNotQueue() {
        LockHandle held = acquire(a);
        Optional<LockHandle> got = granted(DistributedLock.on(b, PATH).tryAcquireAsync(Duration.ZERO));

        assertThat(got).isEmpty();
        assertThat(queue()).hasSize(1);
        assertThat(b.kv().writes()).isZero();
        assertThat(b.kv().reads()).isEqualTo(1);
        held.closeAsync();
        world.settle();
        assertThat(granted(DistributedLock.on(b, PATH).tryAcquireAsync(Duration.ZERO)))
                .isPresent();
    }

    @Test
    void tryAcquire_withPatience_isEmptyAtTheEndAndLeavesTheQueue() {
        acquire(a);
        CompletableFuture<Optional<LockHandle>> request =
                DistributedLock.on(b, PATH).tryAcquireAsync(Duration.ofSeconds(2));
        world.advance(Duration.ofMillis(1999));
        assertThat(request).isNotDone();
        world.advance(Duration.ofMillis(1));

        assertThat(granted(request)).isEmpty();
        assertThat(queue()).hasSize(1);
        assertThat(b.openWatches()).isZero();
    }

    @Test
    void acquire_withPatience_failsWithTimeout() throws Exception {
        acquire(a);
        CompletableFuture<LockHandle> result = new CompletableFuture<>();
        FakeWorld.startBlocking(() -> DistributedLock.on(b, PATH).acquire(Duration.ofSeconds(2)), result);
        world.settleUntil(() -> queue().size() == 2);
        world.advance(Duration.ofSeconds(2));
        world.settleUntil(result::isDone);

        assertThatThrownBy(result::get).hasCauseInstanceOf(LockTimeoutException.class);
        world.settleUntil(() -> queue().size() == 1);
    }

    @Test
    void acquire_again_isNotReentrant() {
        acquire(a);
        CompletableFuture<LockHandle> again = DistributedLock.on(a, PATH).acquireAsync();
        world.advance(Duration.ofSeconds(30));
        assertThat(again).isNotDone();
    }

    @Test
    void acquire_interruptedWhileWaiting_leavesTheQueue() throws Exception {
        acquire(a);
        CompletableFuture<LockHandle> result = new CompletableFuture<>();
        Thread waiter =
                FakeWorld.startBlocking(() -> DistributedLock.on(b, PATH).acquire(), result);
        world.settleUntil(() -> queue().size() == 2);
        waiter.interrupt();
        world.settleUntil(() -> result.isDone() && queue().size() == 1);

        assertThatThrownBy(result::get).hasCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void acquire_interruptedBefore_doesNothing() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> DistributedLock.on(a, PATH).acquire()).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(a.kv().writes()).isZero();
    }

    @Test
    void locks_onNestedPathsAndBesideOtherKeys_doNotMeet() {
        b.kv().putAsync(PATH + "/config", dev.coord.kv.Value.of("x"));
        world.settle();
        granted(DistributedLock.on(a, PATH + "/page").acquireAsync());
        granted(DistributedLock.on(a, PATH + "2").acquireAsync());

        assertThat(granted(DistributedLock.on(b, PATH).tryAcquireAsync(Duration.ZERO)))
                .isPresent();
    }

    @Test
    void on_improperPath_isRefused() {
        for (String path : List.of("", "/locks/", "/locks/~a", "~x", "/" + "x".repeat(4090))) {
            assertThatThrownBy(() -> DistributedLock.on(a, path)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void holder_tellsWhoAndWhichToken() throws Exception {
        DistributedLock lock = DistributedLock.on(a, PATH).withHolder("node-1");
        assertThat(lock.holder()).isEmpty();
        LockHandle handle = granted(lock.acquireAsync());
        assertThat(DistributedLock.on(b, PATH).holder()).contains(new LockInfo("node-1", handle.fencingToken()));
    }

    @Test
    void manyAcquisitions_leaveNothingBehindOnTheSession() {
        for (int i = 0; i < 1000; i++) {
            acquire(a).closeAsync();
            world.settle();
        }
        assertThat(a.session().lapsed().getNumberOfDependents()).isLessThan(3);
        assertThat(a.session().expired().getNumberOfDependents()).isLessThan(3);
        assertThat(a.openWatches()).isZero();
        assertThat(queue()).isEmpty();
    }
}
