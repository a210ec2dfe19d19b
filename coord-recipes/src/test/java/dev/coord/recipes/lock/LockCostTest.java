package dev.coord.recipes.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Kv;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.lease.Leases;
import dev.coord.lease.Session;
import dev.coord.testkit.SimulatedCluster;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** What a lock costs when a hundred wait for it; docs/recipes.md states these figures. */
class LockCostTest {
    private static final int WAITERS = 100;
    private static final Duration TTL = Duration.ofMinutes(10);
    private static final String PATH = "/locks/one";

    @Test
    void release_withAHundredWaiting_wakesTheNextAndMovesOneUp() {
        try (SimulatedCluster cluster = SimulatedCluster.builder()
                .seed(1)
                .sessionTtl(TTL)
                .progressInterval(Duration.ofHours(1))
                .start()) {
            ArrayDeque<Requested> line = new ArrayDeque<>();
            long before = revision(cluster);
            for (int i = 0; i <= WAITERS; i++) {
                String peer = cluster.ids().get(i % 3);
                line.add(new Requested(cluster.await(cluster.openAsync(peer, TTL))));
                cluster.runUntil(() -> queued(cluster) == line.size());
            }
            assertThat(revision(cluster) - before).as("writes: one each").isEqualTo(WAITERS + 1);

            List<CountingCoord> all = line.stream().map(each -> each.coord).toList();
            while (line.size() > 1) {
                cycle(cluster, line, all);
            }
            cluster.await(line.remove().lock.join().closeAsync());
            assertThat(queued(cluster)).isZero();
        }
    }

    private static void cycle(SimulatedCluster cluster, ArrayDeque<Requested> line, List<CountingCoord> all) {
        LockHandle held = cluster.await(line.remove().lock);
        cluster.advance(Duration.ofSeconds(1));
        long entries = cluster.committedEntries();
        all.forEach(CountingCoord::reset);

        held.closeAsync();
        cluster.await(line.element().lock);
        cluster.advance(Duration.ofSeconds(1));

        assertThat(cluster.committedEntries() - entries)
                .as("entries of a release and the next grant")
                .isEqualTo(1);
        int told = line.size() > 1 ? 2 : 1;
        assertThat(all.stream().mapToInt(each -> each.events).sum())
                .as("told: the next, and the one after it, which is the first to wait now")
                .isEqualTo(told);
        assertThat(all.stream().mapToInt(each -> each.watches).sum())
                .as("watches begun: the holder's on its key, the first waiter's on the holders")
                .isEqualTo(told);
        assertThat(line.stream().filter(each -> each.lock.isDone()).count()).isEqualTo(1);
    }

    private static long revision(SimulatedCluster cluster) {
        return cluster.committed(RangeQuery.of(KeyRange.all())).revision();
    }

    private static long queued(SimulatedCluster cluster) {
        return cluster.committed(RangeQuery.of(KeyRange.prefix(PATH + "/~"))).count();
    }

    private static final class Requested {
        final CountingCoord coord;
        final CompletableFuture<LockHandle> lock;

        Requested(Coord coord) {
            this.coord = new CountingCoord(coord);
            this.lock = DistributedLock.on(this.coord, PATH).acquireAsync();
        }
    }

    /** Counts the watches begun and the changes told through a handle. */
    private static final class CountingCoord implements Coord {
        private final Coord coord;
        private final List<Watch> begun = new ArrayList<>();
        int watches;
        int events;

        CountingCoord(Coord coord) {
            this.coord = coord;
        }

        void reset() {
            watches = 0;
            events = 0;
        }

        @Override
        public Watch watch(WatchSpec spec, WatchListener listener) {
            watches++;
            Watch watch = coord.watch(spec, new WatchListener() {
                @Override
                public void onChange(long revision, List<WatchEvent> changes) {
                    events++;
                    listener.onChange(revision, changes);
                }

                @Override
                public void onResync(RangeResult state) {
                    listener.onResync(state);
                }

                @Override
                public void onEnd(CoordException cause) {
                    listener.onEnd(cause);
                }
            });
            begun.add(watch);
            return watch;
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
            begun.forEach(Watch::close);
            coord.close();
        }
    }
}
