package dev.coord.examples.comingfrom;

import dev.coord.Coord;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.Value;
import dev.coord.recipes.fence.FenceGuard;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.recipes.lock.LockInfo;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The middle column of docs/coming-from.md, row by row: {@link ComingFromDocTest} keeps the two equal. */
final class FromHazelcast {

    private FromHazelcast() {}

    static LockHandle lock(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a").acquire();
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

    static boolean compareAndSet(Coord coord) throws Exception {
        return coord.kv()
                .txn()
                .when(Guard.valueIs("/a", Value.of("x")))
                .then(Op.put("/a", "y"))
                .commit()
                .succeeded();
    }

    static Optional<Entry> read(Coord coord) throws Exception {
        return coord.kv().get("/a/key");
    }

    static boolean forceClose(Coord coord, long session) throws Exception {
        return coord.leases().revoke(session);
    }
}
