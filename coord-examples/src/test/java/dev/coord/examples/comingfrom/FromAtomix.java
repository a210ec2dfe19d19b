package dev.coord.examples.comingfrom;

import dev.coord.Coord;
import dev.coord.kv.Entry;
import dev.coord.kv.Value;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.LeaderInfo;
import dev.coord.recipes.election.LeaderListener;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.election.Observation;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The middle column of docs/coming-from.md, row by row: {@link ComingFromDocTest} keeps the two equal. */
final class FromAtomix {

    private FromAtomix() {}

    static LockHandle lock(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a").acquire();
    }

    static Optional<LockHandle> lockInTime(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a").tryAcquire(Duration.ofSeconds(2));
    }

    static long token(LockHandle lock) throws Exception {
        return lock.fencingToken();
    }

    static void release(LockHandle lock) throws Exception {
        lock.close();
    }

    static CompletableFuture<Leadership> campaign(Coord coord) throws Exception {
        return LeaderElection.on(coord, "/elections/a").campaignAsync("n1");
    }

    static Optional<LeaderInfo> leader(Coord coord) throws Exception {
        return LeaderElection.on(coord, "/elections/a").leader();
    }

    static Observation observe(Coord coord, LeaderListener listener) throws Exception {
        return LeaderElection.on(coord, "/elections/a").observe(listener);
    }

    static void withdraw(Leadership leadership) throws Exception {
        leadership.resign();
    }

    static Optional<Entry> read(Coord coord) throws Exception {
        return coord.kv().get("/a/key");
    }

    static boolean replace(Coord coord, long revision) throws Exception {
        return coord.kv().compareAndSet("/a/key", revision, Value.of("2"));
    }

    static CompletableFuture<Void> suspended(Coord coord, Runnable stop) throws Exception {
        return coord.session().lapsed().thenRun(stop);
    }

    static CompletableFuture<Void> expired(Coord coord, Runnable reopen) throws Exception {
        return coord.session().expired().thenRun(reopen);
    }
}
