package dev.coord.examples.comingfrom;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.lease.Lease;
import dev.coord.lease.LeaseInfo;
import dev.coord.recipes.Codec;
import dev.coord.recipes.election.CandidateInfo;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.LeaderListener;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.election.Observation;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.recipes.mirror.KeyMirror;
import dev.coord.recipes.mirror.MirrorListener;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The middle column of docs/coming-from.md, row by row: {@link ComingFromDocTest} keeps the two equal. */
final class FromJetcd {

    private FromJetcd() {}

    static CompletableFuture<Long> put(Coord coord) throws Exception {
        return coord.kv().putAsync("/a", Value.of("1"));
    }

    static CompletableFuture<Optional<Entry>> get(Coord coord) throws Exception {
        return coord.kv().getAsync("/a", Consistency.linearizable());
    }

    static CompletableFuture<Optional<Entry>> getLocal(Coord coord) throws Exception {
        return coord.kv().getAsync("/a", Consistency.sequential());
    }

    static CompletableFuture<Optional<Entry>> getAt(Coord coord, long revision) throws Exception {
        return coord.kv().getAsync("/a", Consistency.at(revision));
    }

    static CompletableFuture<RangeResult> range(Coord coord) throws Exception {
        return coord.kv().rangeAsync(RangeQuery.of(KeyRange.prefix("/a/")), Consistency.linearizable());
    }

    static CompletableFuture<TxnResult> txn(Coord coord) throws Exception {
        return coord.kv()
                .txn()
                .when(Guard.absent("/a"))
                .then(Op.put("/a", "1"))
                .otherwise(Op.get("/a"))
                .commitAsync();
    }

    static CompletableFuture<Long> add(Coord coord) throws Exception {
        return coord.kv().addAsync("/count", 1);
    }

    static CompletableFuture<Lease> grant(Coord coord) throws Exception {
        return coord.leases().grantAsync(Duration.ofSeconds(10));
    }

    static CompletableFuture<Long> grantDetached(Coord coord) throws Exception {
        return coord.leases().grantDetachedAsync(Duration.ofSeconds(10));
    }

    static Optional<LeaseInfo> find(Coord coord, Lease lease) throws Exception {
        return coord.leases().find(lease.id());
    }

    static CompletableFuture<Boolean> revoke(Coord coord, Lease lease) throws Exception {
        return coord.leases().revokeAsync(lease.id());
    }

    static Watch watch(Coord coord, long revision, WatchListener listener) throws Exception {
        return coord.watch(WatchSpec.of(KeyRange.key("/a")).from(revision).withPreviousValues(), listener);
    }

    static KeyMirror<String> mirror(Coord coord, MirrorListener<String> listener) throws Exception {
        return KeyMirror.of(coord, KeyRange.prefix("/config/"), Codec.text())
                .listener(listener)
                .start();
    }

    static CompletableFuture<LockHandle> lock(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a").acquireAsync();
    }

    static CompletableFuture<Void> release(LockHandle lock) throws Exception {
        return lock.closeAsync();
    }

    static Guard guard(LockHandle lock) throws Exception {
        return lock.guard();
    }

    static CompletableFuture<Leadership> campaign(Coord coord) throws Exception {
        return LeaderElection.on(coord, "/elections/a").campaignAsync("n1");
    }

    static CompletableFuture<Void> proclaim(Leadership leadership) throws Exception {
        return leadership.proclaimAsync("n1, ready");
    }

    static Observation observe(Coord coord, LeaderListener listener) throws Exception {
        return LeaderElection.on(coord, "/elections/a").observe(listener);
    }

    static CompletableFuture<List<CandidateInfo>> candidates(Coord coord) throws Exception {
        return LeaderElection.on(coord, "/elections/a").candidatesAsync(Consistency.linearizable());
    }

    static CompletableFuture<Void> resign(Leadership leadership) throws Exception {
        return leadership.closeAsync();
    }
}
