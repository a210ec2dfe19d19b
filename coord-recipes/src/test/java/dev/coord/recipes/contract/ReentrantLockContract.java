package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.recipes.lock.LockInfo;
import dev.coord.recipes.lock.LockTimeoutException;
import dev.coord.recipes.lock.ReentrantDistributedLock;
import dev.coord.recipes.lock.ReentrantLockHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;

/** What a user sees of a {@link ReentrantDistributedLock}, and of the view by thread. */
abstract class ReentrantLockContract extends OwnersContract {

    private String lockPath() {
        return path() + "/lock";
    }

    private DistributedLock lock(Coord coord) {
        return DistributedLock.on(coord, lockPath());
    }

    @Test
    void owner_acquiresAgain_andReleasesWithTheLastHandle() throws Exception {
        ReentrantDistributedLock lock =
                ReentrantDistributedLock.of(lock(coord(0)).withHolder("node-1"));
        try (ReentrantLockHandle outer = lock.acquire("order-1")) {
            try (ReentrantLockHandle inner = lock.acquire("order-1", Duration.ZERO)) {
                assertHeld(inner);
                assertThat(inner.fencingToken()).isEqualTo(outer.fencingToken());
                assertThat(writes(coord(1), inner, "by any peer")).isTrue();
            }
            assertHeld(outer);
            assertThat(lock(coord(1)).tryAcquire()).isEmpty();
            assertThat(lock.tryAcquire("order-2")).isEmpty();
            assertThatThrownBy(() -> lock.acquire("order-2", Duration.ofMillis(100)))
                    .isInstanceOf(LockTimeoutException.class);
            assertThat(lock(coord(2)).holder()).contains(new LockInfo("node-1", outer.fencingToken(), "order-1"));
        }
        try (LockHandle next = lock(coord(1)).acquire(Duration.ZERO)) {
            assertHeld(next);
        }
    }

    @Test
    void requestsOfAnOwner_shareOneClaim_acrossThoseOfOthers() throws Exception {
        ReentrantDistributedLock lock = ReentrantDistributedLock.of(lock(coord(0)));
        ReentrantLockHandle first = lock.acquire("a");
        List<CompletableFuture<ReentrantLockHandle>> requests = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            requests.add(lock.acquireAsync(i % 2 == 0 ? "b" : "c"));
        }
        untilKeys(3);
        assertThat(requests).noneMatch(CompletableFuture::isDone);
        await(first.closeAsync());
        for (int owner = 0; owner < 2; owner++) {
            for (int i = owner; i < 6; i += 2) {
                ReentrantLockHandle granted = await(requests.get(i));
                assertHeld(granted);
                assertThat(granted.fencingToken()).isGreaterThan(first.fencingToken());
            }
            assertThat(lock.holdCount("b")).isEqualTo(owner == 0 ? 3 : 0);
            for (int i = owner; i < 6; i += 2) {
                requests.get(i).join().close();
            }
        }
    }

    @Test
    void keyDeletedByAnybody_fencesTheOwner_untilItHasClosedAll() throws Exception {
        ReentrantDistributedLock lock = ReentrantDistributedLock.of(lock(coord(0)));
        ReentrantLockHandle first = lock.acquire("a");
        ReentrantLockHandle second = lock.acquire("a");
        coord(1).kv().txn().then(Op.delete(KeyRange.prefix(path() + "/"))).commit();
        await(first.lost());
        assertLost(first);
        assertLost(second);
        assertThatThrownBy(() -> lock.acquire("a")).isInstanceOf(FencedException.class);
        first.close();
        second.close();
        try (ReentrantLockHandle anew = lock.acquire("a")) {
            assertHeld(anew);
            assertThat(anew.fencingToken()).isGreaterThan(first.fencingToken());
        }
    }

    @Test
    void holderThatIsCutOff_losesAllHandlesBeforeAnotherGetsTheLock() throws Exception {
        String holder = leader();
        Coord cutOff = cluster().open(holder, TTL);
        ReentrantDistributedLock lock = ReentrantDistributedLock.of(lock(cutOff));
        ReentrantLockHandle first = await(lock.acquireAsync("a"));
        ReentrantLockHandle second = await(lock.acquireAsync("a"));
        CompletableFuture<LockHandle> next =
                lock(cluster().coord(othersThan(holder).get(0))).acquireAsync();
        CompletableFuture<Boolean> wasOver =
                next.thenApply(granted -> !first.isValid() && second.lost().isDone());
        cluster().faults().isolate(holder);
        LockHandle granted = await(next);
        assertThat(await(wasOver)).isTrue();
        assertThat(failure(lock.acquireAsync("a"))).isInstanceOf(FencedException.class);
        cluster().faults().heal();
        await(first.closeAsync());
        await(second.closeAsync());
        assertThat(granted.isValid()).isTrue();
        granted.close();
    }

    @Test
    void view_excludesThreadsOfAllPeers_andIsReentrantInEach() {
        List<CompletableFuture<Integer>> workers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Coord coord = coord(i);
            Lock shared = lock(coord).asLock();
            for (int thread = 0; thread < 2; thread++) {
                workers.add(cluster().run(cluster().ids().get(i), () -> count(coord, shared)));
            }
        }
        workers.forEach(this::await);
        assertThat(await(coord(0).kv().getAsync(path() + "-count", dev.coord.kv.Consistency.linearizable()))
                        .orElseThrow()
                        .text())
                .isEqualTo("18");
    }

    /** Read and write without a guard: only the lock keeps them together. */
    private int count(Coord coord, Lock lock) throws InterruptedException {
        String key = path() + "-count";
        int count = 0;
        for (int i = 0; i < 3; i++) {
            lock.lock();
            try {
                assertThat(lock.tryLock(1, TimeUnit.SECONDS)).isTrue();
                count = coord.kv()
                                .get(key)
                                .map(entry -> Integer.parseInt(entry.text()))
                                .orElse(0)
                        + 1;
                coord.kv().put(key, Integer.toString(count));
            } finally {
                lock.unlock();
                lock.unlock();
            }
        }
        return count;
    }

    @Test
    void view_ofAnotherThread_cannotUnlock() {
        Lock lock = lock(coord(0)).withOwner("svc").asLock();
        String peer = cluster().ids().get(0);
        CompletableFuture<Void> over = new CompletableFuture<>();
        CompletableFuture<Boolean> holder = cluster().run(peer, () -> {
            lock.lockInterruptibly();
            coord(0).scheduler().await(over);
            lock.unlock();
            return true;
        });
        untilKeys(1);
        assertThat(await(coord(1).kv()
                                .rangeAsync(
                                        dev.coord.kv.RangeQuery.of(KeyRange.prefix(path() + "/")),
                                        dev.coord.kv.Consistency.linearizable()))
                        .entries()
                        .get(0)
                        .text())
                .contains("svc/");
        assertThat(lock.tryLock()).isFalse();
        assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
        over.complete(null);
        assertThat(await(holder)).isTrue();
        lock.lock();
        lock.unlock();
    }
}
