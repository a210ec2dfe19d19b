package dev.coord.recipes.commit;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Kv;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.lease.Leases;
import dev.coord.lease.Session;
import dev.coord.recipes.internal.Async;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A handle for a coordinator whose writes go through a hook, each under the name of its {@link StepNames step}. Reads, watches and leases
 * are left alone: they change nothing that others see.
 */
public final class InterceptedCoord implements Coord {
    private final Coord coord;
    private final Kv kv;

    /**
     * Creates it.
     *
     * @param coord the handle
     * @param path the coordinators' path
     * @param hook what the writes go through
     */
    public InterceptedCoord(Coord coord, String path, StepHook hook) {
        this.coord = coord;
        this.kv = new HookedKv(coord, coord.kv(), new StepNames(path), hook);
    }

    @Override
    public Kv kv() {
        return kv;
    }

    @Override
    public Leases leases() {
        return coord.leases();
    }

    @Override
    public Session session() {
        return coord.session();
    }

    @Override
    public Watch watch(WatchSpec spec, WatchListener listener) {
        return coord.watch(spec, listener);
    }

    @Override
    public Ticker ticker() {
        return coord.ticker();
    }

    @Override
    public Scheduler scheduler() {
        return coord.scheduler();
    }

    @Override
    public Executor callbacks() {
        return coord.callbacks();
    }

    @Override
    public void close() {
        coord.close();
    }

    private record HookedKv(Coord coord, Kv kv, StepNames names, StepHook hook) implements Kv {
        @Override
        public Optional<Entry> get(String key, Consistency consistency) throws InterruptedException {
            return kv.get(key, consistency);
        }

        @Override
        public CompletableFuture<Optional<Entry>> getAsync(String key, Consistency consistency) {
            return kv.getAsync(key, consistency);
        }

        @Override
        public RangeResult range(RangeQuery query, Consistency consistency) throws InterruptedException {
            return kv.range(query, consistency);
        }

        @Override
        public CompletableFuture<RangeResult> rangeAsync(RangeQuery query, Consistency consistency) {
            return kv.rangeAsync(query, consistency);
        }

        @Override
        public Txn txn() {
            return new HookedTxn(this, kv.txn());
        }

        @Override
        public Kv withTimeout(Duration timeout) {
            return new HookedKv(coord, kv.withTimeout(timeout), names, hook);
        }

        @Override
        public Kv waitingForRoom() {
            return new HookedKv(coord, kv.waitingForRoom(), names, hook);
        }
    }

    private static final class HookedTxn implements Txn {
        private final HookedKv from;
        private final Txn txn;
        private final List<Op> ops = new ArrayList<>();
        private boolean guarded;

        HookedTxn(HookedKv from, Txn txn) {
            this.from = from;
            this.txn = txn;
        }

        @Override
        public Txn when(Guard... guards) {
            guarded |= guards.length > 0;
            txn.when(guards);
            return this;
        }

        @Override
        public Txn then(Op... more) {
            ops.addAll(List.of(more));
            txn.then(more);
            return this;
        }

        @Override
        public Txn otherwise(Op... more) {
            txn.otherwise(more);
            return this;
        }

        @Override
        public TxnResult commit() throws InterruptedException {
            return Async.await(from.coord, commitAsync());
        }

        @Override
        public CompletableFuture<TxnResult> commitAsync() {
            return from.hook.around(from.names.of(guarded, ops), txn::commitAsync);
        }
    }
}
