package dev.coord.examples.comingfrom;

import dev.coord.Coord;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.lease.Lease;
import dev.coord.raft.CoordPeer;
import dev.coord.recipes.fence.JdbcFenceGuard;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import java.sql.Connection;
import java.time.Duration;
import java.util.Optional;

/** The middle column of docs/coming-from.md, row by row: {@link ComingFromDocTest} keeps the two equal. */
final class FromRedisson {

    private FromRedisson() {}

    static LockHandle lock(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a").acquire();
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

    static TxnResult expiring(Coord coord, Lease lease) throws Exception {
        return coord.kv().txn().then(Op.put("/a", "1").withLease(lease.id())).commit();
    }

    static boolean compareAndSet(Coord coord) throws Exception {
        return coord.kv()
                .txn()
                .when(Guard.valueIs("/a", Value.of("x")))
                .then(Op.put("/a", "y"))
                .commit()
                .succeeded();
    }
}
