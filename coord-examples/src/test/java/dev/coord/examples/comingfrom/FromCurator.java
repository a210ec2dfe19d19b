package dev.coord.examples.comingfrom;

import dev.coord.Coord;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.LeaderInfo;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The middle column of docs/coming-from.md, row by row: {@link ComingFromDocTest} keeps the two equal. */
final class FromCurator {

    private FromCurator() {}

    static LockHandle lock(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a").acquire();
    }

    static Optional<LockHandle> lockInTime(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a").tryAcquire(Duration.ofSeconds(2));
    }

    static void release(LockHandle lock) throws Exception {
        lock.close();
    }

    static boolean holds(LockHandle lock) throws Exception {
        return lock.isValid();
    }

    static CompletableFuture<Void> told(LockHandle lock, Runnable stop) throws Exception {
        return lock.lost().thenRun(stop);
    }

    static CompletableFuture<Void> suspended(Coord coord, Runnable stop) throws Exception {
        return coord.session().lapsed().thenRun(stop);
    }

    static TxnResult guarded(Coord coord, LockHandle lock) throws Exception {
        return coord.kv()
                .txn()
                .when(lock.guard())
                .then(Op.put("/ledger/head", "7"))
                .commit();
    }

    static Leadership lead(Coord coord) throws Exception {
        return LeaderElection.on(coord, "/elections/a").campaign("n1");
    }

    static boolean leads(Leadership leadership) throws Exception {
        return leadership.isValid();
    }

    static Optional<LeaderInfo> leader(Coord coord) throws Exception {
        return LeaderElection.on(coord, "/elections/a").leader();
    }

    static void resign(Leadership leadership) throws Exception {
        leadership.resign();
    }

    static TxnResult ephemeral(Coord coord) throws Exception {
        return coord.kv()
                .txn()
                .when(Guard.absent("/nodes/a"))
                .then(Op.put("/nodes/a", "data").withLease(coord.session().id()))
                .commit();
    }

    static Optional<Entry> read(Coord coord) throws Exception {
        return coord.kv().get("/config/a");
    }

    static boolean compareAndSet(Coord coord, long revision) throws Exception {
        return coord.kv().compareAndSet("/config/a", revision, Value.of("data"));
    }

    static RangeResult children(Coord coord) throws Exception {
        return coord.kv().range(RangeQuery.of(KeyRange.prefix("/nodes/")).withoutValues());
    }

    static Watch cache(Coord coord, RangeResult read, WatchListener listener) throws Exception {
        return coord.watch(
                WatchSpec.of(KeyRange.prefix("/config/"))
                        .from(read.revision() + 1)
                        .resyncing(),
                listener);
    }
}
