package dev.coord.recipes.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.FencedException;
import dev.coord.LimitExceededException;
import dev.coord.SessionExpiredException;
import dev.coord.UnavailableException;
import dev.coord.kv.Entry;
import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handles of owners: counted, shared, lost together. */
@SuppressWarnings("FutureReturnValueIgnored")
class ReentrantDistributedLockTest {
    private static final Duration TTL = Duration.ofSeconds(3);
    /** Longer than the holder's validity, shorter than the store's. */
    private static final Duration LAPSE = Duration.ofMillis(2800);

    private static final String PATH = "/locks/ledger";

    private final FakeWorld world = FakeWorld.instant();
    private final FakeCoord a = world.join(TTL);
    private final FakeCoord b = world.join(TTL);
    private final ReentrantDistributedLock lock = ReentrantDistributedLock.on(a, PATH);
    private final List<ReentrantLockHandle> opened = new ArrayList<>();

    private ReentrantLockHandle acquire(String owner) {
        return granted(lock.acquireAsync(owner));
    }

    private ReentrantLockHandle granted(CompletableFuture<ReentrantLockHandle> request) {
        world.settle();
        assertThat(request).isCompleted();
        opened.add(request.join());
        return request.join();
    }

    private List<Entry> queue() {
        return world.store().entries(PATH + "/~");
    }

    @AfterEach
    void nothingIsLeft() {
        opened.forEach(ReentrantLockHandle::closeAsync);
        world.settle();
        List.of("x", "y", "z")
                .forEach(owner -> assertThat(lock.holdCount(owner)).isZero());
        assertThat(queue()).isEmpty();
        assertThat(a.openWatches()).isZero();
    }

    @Test
    void ownerAgain_hasAnotherHandleOfTheSameGrant_forNothing() {
        ReentrantLockHandle first = acquire("x");
        int writes = a.kv().writes();
        ReentrantLockHandle second = acquire("x");
        assertThat(second).isNotSameAs(first);
        assertThat(second.fencingToken()).isEqualTo(first.fencingToken());
        assertThat(second.guard()).isEqualTo(first.guard());
        assertThat(second.owner()).isEqualTo("x");
        assertThat(lock.holdCount("x")).isEqualTo(2);
        assertThat(a.kv().writes()).isEqualTo(writes);
        assertThat(granted(lock.acquireAsync("x", Duration.ZERO)).isValid()).isTrue();
        assertThat(lock.tryAcquireAsync("x", Duration.ZERO).join().map(handle -> {
                    opened.add(handle);
                    return handle.isValid();
                }))
                .contains(true);
    }

    @Test
    void lastHandleClosed_releasesTheLock_andNoneBefore() {
        ReentrantLockHandle first = acquire("x");
        ReentrantLockHandle second = acquire("x");
        first.closeAsync();
        first.closeAsync();
        world.settle();
        assertThat(first.isValid()).isFalse();
        assertThat(first.validUntil().isPast()).isTrue();
        assertThat(first.lost()).isCompleted();
        assertThat(second.isValid()).as("closed one twice").isTrue();
        assertThat(second.lost()).isNotDone();
        assertThat(queue()).hasSize(1);

        CompletableFuture<Void> released = second.closeAsync();
        world.settle();
        assertThat(released).isCompleted();
        assertThat(second.closeAsync()).isSameAs(released);
        assertThat(queue()).isEmpty();
        assertThat(lock.holdCount("x")).isZero();
    }

    @Test
    void otherOwner_waitsForTheLastHandle() {
        ReentrantLockHandle first = acquire("x");
        ReentrantLockHandle second = acquire("x");
        CompletableFuture<ReentrantLockHandle> other = lock.acquireAsync("y");
        world.settle();
        first.closeAsync();
        world.settle();
        assertThat(other).isNotDone();
        assertThat(acquire("x").isValid()).as("though another waits").isTrue();
        opened.remove(opened.size() - 1).closeAsync();
        second.closeAsync();
        assertThat(granted(other).fencingToken()).isGreaterThan(first.fencingToken());
    }

    @Test
    void requestsOfOneOwner_shareAPlaceInTheQueue_andTheGrant() {
        ReentrantLockHandle held = acquire("x");
        List<CompletableFuture<ReentrantLockHandle>> requests = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            requests.add(lock.acquireAsync("y"));
        }
        world.settle();
        assertThat(queue()).hasSize(2);
        requests.remove(2).cancel(false);
        requests.remove(0).cancel(false);
        held.closeAsync();
        requests.forEach(this::granted);
        assertThat(lock.holdCount("y")).isEqualTo(3);
        assertThat(requests.stream()
                        .map(request -> request.join().fencingToken())
                        .distinct())
                .hasSize(1);
    }

    @Test
    void lastRequestGivenUp_leavesTheQueue() {
        acquire("x");
        CompletableFuture<ReentrantLockHandle> one = lock.acquireAsync("y");
        CompletableFuture<Optional<ReentrantLockHandle>> other = lock.tryAcquireAsync("y", Duration.ofSeconds(2));
        world.settle();
        one.cancel(false);
        world.settle();
        assertThat(queue()).hasSize(2);
        world.advance(Duration.ofSeconds(2));
        assertThat(other.join()).isEmpty();
        assertThat(queue()).hasSize(1);
    }

    @Test
    void requestAfterTheLastWasGivenUp_claimsAnew() {
        ReentrantLockHandle held = acquire("x");
        lock.acquireAsync("y").cancel(false);
        CompletableFuture<ReentrantLockHandle> again = lock.acquireAsync("y");
        world.settle();
        held.closeAsync();
        assertThat(granted(again).isValid()).isTrue();
    }

    @Test
    void busy_failsWithTimeout_orIsEmpty() {
        acquire("x");
        CompletableFuture<ReentrantLockHandle> waiting = lock.acquireAsync("y");
        assertThat(lock.tryAcquireAsync("y", Duration.ZERO).join())
                .as("the owner waits already")
                .isEmpty();
        CompletableFuture<ReentrantLockHandle> failing = lock.acquireAsync("z", Duration.ZERO);
        world.settle();
        assertThatThrownBy(failing::join).hasCauseInstanceOf(LockTimeoutException.class);
        waiting.cancel(false);
    }

    @Test
    void patientRequest_whileOneThatIsNotIsRefused_waits() {
        ReentrantLockHandle held = acquire("x");
        CompletableFuture<Optional<ReentrantLockHandle>> impatient = lock.tryAcquireAsync("y", Duration.ZERO);
        CompletableFuture<ReentrantLockHandle> patient = lock.acquireAsync("y");
        world.settle();
        assertThat(impatient.join()).isEmpty();
        assertThat(patient).isNotDone();
        held.closeAsync();
        granted(patient);
    }

    /** As with Curator's mutex, which counts up without a look at the session. */
    @Test
    void ownerAgain_afterTheLoss_isFenced_untilAllItsHandlesAreClosed() {
        ReentrantLockHandle first = acquire("x");
        ReentrantLockHandle second = acquire("x");
        a.cut();
        world.advance(LAPSE);
        a.heal();
        world.advance(TTL);
        assertThat(a.session().isValid()).isTrue();
        assertThat(List.of(first, second)).noneMatch(ReentrantLockHandle::isValid);
        assertThat(first.lost()).isCompleted();
        assertThat(second.lost()).isCompleted();

        assertThatThrownBy(() -> lock.acquireAsync("x").join())
                .hasCauseInstanceOf(FencedException.class)
                .hasMessageContaining("owner x")
                .hasMessageContaining("2 open handles");
        first.closeAsync();
        assertThatThrownBy(() -> lock.tryAcquireAsync("x", Duration.ZERO).join())
                .hasCauseInstanceOf(FencedException.class);
        assertThat(granted(lock.acquireAsync("y")).isValid())
                .as("others are not concerned")
                .isTrue();
        opened.remove(opened.size() - 1).closeAsync();
        second.closeAsync();
        assertThat(acquire("x").fencingToken()).isGreaterThan(first.fencingToken());
    }

    @Test
    void request_behindTheReleaseOfItsOwner_isGrantedAnew() {
        ReentrantLockHandle first = acquire("x");
        first.closeAsync();
        CompletableFuture<ReentrantLockHandle> again = lock.acquireAsync("x");
        assertThat(granted(again).fencingToken()).isGreaterThan(first.fencingToken());
    }

    @Test
    void unreachableStore_isUnavailable_andAnEndedSessionSaysSo() {
        a.cut();
        CompletableFuture<ReentrantLockHandle> request = lock.acquireAsync("x", Duration.ofSeconds(5));
        world.advance(Duration.ofSeconds(6));
        assertThatThrownBy(request::join).hasCauseInstanceOf(UnavailableException.class);
        a.heal();
        world.advance(Duration.ofSeconds(20));
        assertThatThrownBy(() -> {
                    CompletableFuture<ReentrantLockHandle> late = lock.acquireAsync("x");
                    world.settle();
                    late.join();
                })
                .hasCauseInstanceOf(SessionExpiredException.class);
    }

    @Test
    void moreHandlesThanTheBound_areRefused() {
        for (int i = 0; i < ReentrantDistributedLock.MAX_HOLDS; i++) {
            opened.add(i == 0 ? acquire("x") : lock.acquireAsync("x").join());
        }
        assertThatThrownBy(() -> lock.acquireAsync("x").join())
                .hasCauseInstanceOf(LimitExceededException.class)
                .hasMessageContaining("65535");
        opened.get(0).closeAsync();
        opened.add(lock.acquireAsync("x").join());
    }

    @Test
    void owner_isShownInTheStore() throws Exception {
        ReentrantLockHandle handle = acquire("x");
        assertThat(DistributedLock.on(b, PATH).holder()).contains(new LockInfo("", handle.fencingToken(), "x"));
        assertThat(handle).asString().contains(PATH).contains("of x");
    }

    @Test
    void misuse_isTyped() {
        assertThatThrownBy(() -> lock.acquireAsync("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> lock.acquireAsync("x".repeat(5000))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> lock.acquireAsync(nothing())).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> ReentrantDistributedLock.on(a, "/x/")).isInstanceOf(IllegalArgumentException.class);
        assertThat(queue()).isEmpty();
    }

    @SuppressWarnings("NullAway")
    private static String nothing() {
        return null;
    }
}
