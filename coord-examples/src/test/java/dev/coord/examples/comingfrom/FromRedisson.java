package dev.coord.examples.comingfrom;

import dev.coord.Coord;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.TxnResult;
import dev.coord.raft.CoordPeer;
import dev.coord.recipes.Codec;
import dev.coord.recipes.fence.JdbcFenceGuard;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.DistributedReadWriteLock;
import dev.coord.recipes.lock.DistributedSemaphore;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.recipes.lock.MultiLock;
import dev.coord.recipes.lock.MultiLockHandle;
import dev.coord.recipes.lock.ReadLockHandle;
import dev.coord.recipes.lock.ReentrantDistributedLock;
import dev.coord.recipes.lock.ReentrantLockHandle;
import dev.coord.recipes.lock.SemaphoreHandle;
import dev.coord.recipes.lock.WriteLockHandle;
import dev.coord.recipes.mirror.KeyMirror;
import dev.coord.recipes.mirror.MirrorListener;
import dev.coord.recipes.queue.Delivery;
import dev.coord.recipes.queue.DistributedQueue;
import dev.coord.recipes.queue.PutOptions;
import dev.coord.recipes.sync.CountDownLatch;
import dev.coord.recipes.sync.DistributedBoolean;
import dev.coord.recipes.sync.DistributedLong;
import dev.coord.recipes.sync.DistributedReference;
import dev.coord.recipes.sync.IdGenerator;
import java.sql.Connection;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Lock;

/** The middle column of docs/coming-from.md, row by row: {@link ComingFromDocTest} keeps the two equal. */
final class FromRedisson {

    private FromRedisson() {}

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

    static Coord session(CoordPeer peer) throws Exception {
        return peer.openSession(Duration.ofSeconds(10));
    }

    static void release(LockHandle lock) throws Exception {
        lock.close();
    }

    static boolean holds(LockHandle lock) throws Exception {
        return lock.isValid();
    }

    static Duration remaining(LockHandle lock) throws Exception {
        return lock.validUntil().remaining();
    }

    static long token(LockHandle lock) throws Exception {
        return lock.fencingToken();
    }

    static void check(JdbcFenceGuard accounts, Connection connection, LockHandle lock) throws Exception {
        accounts.check(connection, "account-7", lock.fencingToken());
    }

    static ReadLockHandle read(Coord coord) throws Exception {
        return DistributedReadWriteLock.on(coord, "/locks/b").readLock().acquire();
    }

    static WriteLockHandle write(Coord coord) throws Exception {
        return DistributedReadWriteLock.on(coord, "/locks/b").writeLock().acquire();
    }

    static MultiLockHandle lockAll(Coord coord) throws Exception {
        return MultiLock.of(coord, "/locks/a", "/locks/b").acquire();
    }

    static SemaphoreHandle permit(Coord coord) throws Exception {
        return DistributedSemaphore.on(coord, "/limits/a", 10).acquire();
    }

    static boolean setCount(Coord coord) throws Exception {
        return CountDownLatch.on(coord, "/latches/a").trySetCount(3);
    }

    static boolean awaitLatch(Coord coord) throws Exception {
        return CountDownLatch.on(coord, "/latches/a").await(Duration.ofSeconds(2));
    }

    static long add(Coord coord) throws Exception {
        return DistributedLong.on(coord, "/counts/a").addAndGet(5);
    }

    static long nextId(Coord coord) throws Exception {
        return IdGenerator.on(coord, "/ids/a", 100).next();
    }

    static boolean compareAndSet(Coord coord) throws Exception {
        return DistributedReference.on(coord, "/refs/a", Codec.text()).compareAndSet("x", "y");
    }

    static boolean flag(Coord coord) throws Exception {
        return DistributedBoolean.on(coord, "/flags/a").getAndSet(true);
    }

    static TxnResult expiring(Coord coord) throws Exception {
        return coord.kv()
                .txn()
                .then(Op.put("/a", "1").withLease(coord.leases().grantDetached(Duration.ofSeconds(10))))
                .commit();
    }

    static Delivery<String> take(DistributedQueue<String> queue) throws Exception {
        return queue.take();
    }

    static String putLater(DistributedQueue<String> queue) throws Exception {
        return queue.put("m-1", PutOptions.defaults().delay(Duration.ofMinutes(5)));
    }

    static KeyMirror<String> mirror(Coord coord, MirrorListener<String> listener) throws Exception {
        return KeyMirror.of(coord, KeyRange.prefix("/config/"), Codec.text())
                .listener(listener)
                .start();
    }
}
