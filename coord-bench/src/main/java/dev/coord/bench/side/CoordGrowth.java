package dev.coord.bench.side;

import dev.coord.Coord;
import dev.coord.bench.Load;
import dev.coord.kv.KeyRange;
import dev.coord.lease.Lease;
import dev.coord.raft.LocalCluster;
import dev.coord.raft.LocalCluster.Network;
import dev.coord.time.Ticker;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchSpec;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** What Coord's operations cost as keys, watches and leases become more: works in the order in which they are to be asked for. */
final class CoordGrowth implements Side {
    static final List<Integer> KEYS = List.of(1_000, 10_000, 100_000, 1_000_000);
    static final List<Integer> WATCHES = List.of(1, 100, 10_000, 100_000);
    static final List<Integer> LEASES = List.of(1, 100, 10_000, 100_000);

    /** Bytes of heap that a key takes at each peer, after a full collection. */
    static final String HEAP = "heap.keys";

    /** From the start of a peer on its directory until it has applied what the others have. */
    static final String RESTART = "restart.keys";

    /** With fewer keys, what else the heap has outweighs them. */
    static final int ENOUGH = 1_000_000;

    private static final int PEERS = 3;
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final LocalCluster cluster;
    private final String leader;
    private final Coord coord;
    private final CoordStore store;
    private final List<Watch> watches = new ArrayList<>();
    private final Queue<Lease> leases = new ConcurrentLinkedQueue<>();
    private Keys keys = new Keys(0);
    private double heapPerKey;

    CoordGrowth(Path directory) throws Exception {
        cluster = LocalCluster.builder()
                .network(Network.TCP)
                .electionTimeout(Duration.ofSeconds(1))
                .directory(directory)
                .configure(peer -> peer.maxLeases(2 * LEASES.get(LEASES.size() - 1)))
                .start();
        leader = cluster.awaitLeader(Duration.ofSeconds(10));
        coord = cluster.coord(leader);
        store = new CoordStore(coord.kv(), StoreWorks.VALUE_BYTES);
    }

    @Override
    public void offer(Works works) throws Exception {
        warmUp();
        for (int count : KEYS) {
            works.add(Growing.at("fill", "keys", count), window -> fill(count));
            works.add(Growing.at(HEAP, "keys", count), window -> Load.Figures.of(heapPerKey));
            works.add(
                    Growing.at("put.256", "keys", count),
                    window -> Load.inFlight(256, window, i -> store.put(keys.of(scattered(i)))));
            works.add(
                    Growing.at("get.sequential", "keys", count),
                    window -> Load.bulk(window, i -> store.getSequentialNow(keys.of(scattered(i)))));
            works.add(
                    Growing.at("range.1", "keys", count),
                    window -> Load.oneByOne(
                            window,
                            i -> store.range(keys.some(scattered(i), StoreWorks.RANGE))
                                    .get()));
            works.add(Growing.at(RESTART, "keys", count), window -> restart());
        }
        for (int count : WATCHES) {
            works.add(Growing.at("watch", "watches", count), window -> watch(count));
            works.add(Growing.at("put.256", "watches", count), this::put);
        }
        for (int count : LEASES) {
            works.add(Growing.at("grant", "leases", count), window -> grant(count));
            works.add(Growing.at("put.256", "leases", count), this::put);
        }
    }

    /** So that the first figures are not slower for want of compiled code. */
    private void warmUp() throws Exception {
        fill(KEYS.get(0) / 2);
        for (int i = 0; i < 3; i++) {
            put(Duration.ofSeconds(1));
            Load.bulk(Duration.ofMillis(500), n -> store.getSequentialNow(keys.of(n)));
        }
    }

    private Load.Figures put(Duration window) throws Exception {
        return Load.inFlight(256, window, i -> store.put(keys.of(i % KEYS.get(0))));
    }

    /** Spreads operations over the keys, so that caches do not hide what a key costs. */
    private static long scattered(long operation) {
        return operation * 7_368_787 & Integer.MAX_VALUE;
    }

    private Load.Figures fill(int count) throws Exception {
        int before = keys.count();
        keys = new Keys(count);
        long heapBefore = usedHeap();
        long began = Ticker.system().nanos();
        store.fill(keys.all().subList(before, count));
        long took = Ticker.system().nanos() - began;
        cluster.awaitSameState(PATIENCE);
        heapPerKey = (double) (usedHeap() - heapBefore) / (count - before) / PEERS;
        return Load.Figures.of((count - before) * 1e9 / took);
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private Load.Figures restart() {
        String follower = cluster.ids().stream()
                .filter(id -> !id.equals(leader))
                .findFirst()
                .orElseThrow();
        long due = cluster.peer(leader).status().appliedIndex();
        cluster.stop(follower);
        long began = Ticker.system().nanos();
        cluster.restart(follower);
        while (cluster.peer(follower).status().appliedIndex() < due) {
            if (Ticker.system().nanos() - began > PATIENCE.toNanos()) {
                throw new IllegalStateException("a peer does not catch up: " + cluster.peer(follower));
            }
            LockSupport.parkNanos(1_000_000);
        }
        return Load.figures(new long[] {Ticker.system().nanos() - began});
    }

    private Load.Figures watch(int count) {
        int before = watches.size();
        long began = Ticker.system().nanos();
        for (int i = before; i < count; i++) {
            watches.add(coord.watch(WatchSpec.of(KeyRange.key("/watched/" + i)), (revision, events) -> {}));
        }
        return Load.Figures.of((count - before) * 1e9 / (Ticker.system().nanos() - began));
    }

    private Load.Figures grant(int count) throws Exception {
        watches.forEach(Watch::close);
        watches.clear();
        int before = leases.size();
        long began = Ticker.system().nanos();
        List<Integer> more = IntStream.range(before, count).boxed().toList();
        Pipeline.run(more, i -> coord.leases().grantAsync(LONG).thenAccept(leases::add));
        return Load.Figures.of((count - before) * 1e9 / (Ticker.system().nanos() - began));
    }

    @Override
    public void close() {
        cluster.close();
    }
}
