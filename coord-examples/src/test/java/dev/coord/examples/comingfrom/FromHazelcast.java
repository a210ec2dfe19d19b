package dev.coord.examples.comingfrom;

import dev.coord.Coord;
import dev.coord.kv.Entry;
import dev.coord.recipes.Codec;
import dev.coord.recipes.fence.FenceGuard;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.DistributedSemaphore;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.recipes.lock.LockInfo;
import dev.coord.recipes.lock.ReentrantDistributedLock;
import dev.coord.recipes.lock.ReentrantLockHandle;
import dev.coord.recipes.lock.SemaphoreHandle;
import dev.coord.recipes.membership.Group;
import dev.coord.recipes.membership.GroupListener;
import dev.coord.recipes.membership.GroupObservation;
import dev.coord.recipes.sync.CountDownLatch;
import dev.coord.recipes.sync.DistributedLong;
import dev.coord.recipes.sync.DistributedReference;
import dev.coord.recipes.sync.IdGenerator;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Lock;

/** The middle column of docs/coming-from.md, row by row: {@link ComingFromDocTest} keeps the two equal. */
final class FromHazelcast {

    private FromHazelcast() {}

    static LockHandle lock(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a").acquire();
    }

    static ReentrantLockHandle reenter(Coord coord) throws Exception {
        return ReentrantDistributedLock.on(coord, "/locks/a").acquire("request-7");
    }

    static Lock asLock(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a").asLock();
    }

    static Optional<LockHandle> lockInTime(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a").tryAcquire(Duration.ofSeconds(2));
    }

    static long fence(LockHandle lock) throws Exception {
        return lock.fencingToken();
    }

    static void check(FenceGuard files, LockHandle lock) throws Exception {
        files.check("a.txt", lock.fencingToken());
    }

    static void release(LockHandle lock) throws Exception {
        lock.close();
    }

    static CompletableFuture<Void> told(LockHandle lock, Runnable stop) throws Exception {
        return lock.lost().thenRun(stop);
    }

    static Optional<LockInfo> holder(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a").holder();
    }

    static SemaphoreHandle permits(Coord coord) throws Exception {
        return DistributedSemaphore.on(coord, "/limits/a", 10).withPermits(3).acquire();
    }

    static void releasePermits(SemaphoreHandle permits) throws Exception {
        permits.close();
    }

    static void limit(Coord coord) throws Exception {
        DistributedSemaphore.on(coord, "/limits/a", 10).setLimit(15);
    }

    static boolean setCount(Coord coord) throws Exception {
        return CountDownLatch.on(coord, "/latches/a").trySetCount(3);
    }

    static long countDown(Coord coord) throws Exception {
        return CountDownLatch.on(coord, "/latches/a").countDown();
    }

    static boolean awaitLatch(Coord coord) throws Exception {
        return CountDownLatch.on(coord, "/latches/a").await(Duration.ofSeconds(2));
    }

    static long add(Coord coord) throws Exception {
        return DistributedLong.on(coord, "/counts/a").addAndGet(5);
    }

    static boolean compareAndSet(Coord coord) throws Exception {
        return DistributedReference.on(coord, "/refs/a", Codec.text()).compareAndSet("x", "y");
    }

    static long nextId(Coord coord) throws Exception {
        return IdGenerator.on(coord, "/ids/a", 100).next();
    }

    static Optional<Entry> read(Coord coord) throws Exception {
        return coord.kv().get("/a/key");
    }

    static GroupObservation observe(Coord coord, GroupListener listener) throws Exception {
        return Group.on(coord, "/groups/a").observe(listener);
    }

    static boolean forceClose(Coord coord, long session) throws Exception {
        return coord.leases().revoke(session);
    }
}
