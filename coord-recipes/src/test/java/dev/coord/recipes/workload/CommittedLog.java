package dev.coord.recipes.workload;

import dev.coord.Coord;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Kv;
import dev.coord.lease.Leases;
import dev.coord.lease.Session;
import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.history.History;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/**
 * Tells a history what is committed, as a watch that misses nothing: so it is known what became of the operations of
 * unknown outcome, which a checker could else only guess (etcd's robustness tests resolve them from the log as well).
 */
final class CommittedLog {
    private final SimulatedCluster cluster;
    private final Source source;
    private final List<BiConsumer<Long, List<WatchEvent>>> others = new ArrayList<>();
    private long told;

    CommittedLog(SimulatedCluster cluster, History history) {
        this.cluster = cluster;
        source = new Source(cluster.coord(cluster.ids().get(0)));
        history.record(source, "log")
                .watch(WatchSpec.of(KeyRange.all()).from(1).withPreviousValues(), (revision, events) -> {});
        follow();
    }

    /** Tells what was committed since it was last asked to, which must be often: history is compacted. */
    void follow() {
        List<WatchEvent> changes;
        while (!(changes = cluster.committedChanges(told + 1)).isEmpty()) {
            told++;
            source.listener.onChange(told, changes);
            for (BiConsumer<Long, List<WatchEvent>> other : others) {
                other.accept(told, changes);
            }
        }
    }

    /** Tells somebody else too, from now on. */
    void tell(BiConsumer<Long, List<WatchEvent>> other) {
        others.add(other);
    }

    /** A handle whose watch is served here. */
    private static final class Source implements Coord {
        private final Coord coord;
        private WatchListener listener = (revision, events) -> {};

        Source(Coord coord) {
            this.coord = coord;
        }

        @Override
        public Watch watch(WatchSpec spec, WatchListener told) {
            listener = told;
            return new Watch() {
                @Override
                public long deliveredRevision() {
                    return 0;
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public Kv kv() {
            return coord.kv();
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
    }
}
