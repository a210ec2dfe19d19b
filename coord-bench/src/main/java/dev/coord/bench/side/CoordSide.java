package dev.coord.bench.side;

import dev.coord.Coord;
import dev.coord.bench.Load;
import dev.coord.raft.LocalCluster;
import dev.coord.raft.LocalCluster.Network;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Peers of Coord in one JVM, TCP on the loopback interface. Its settings are those it comes with. */
final class CoordSide implements Side {
    static final String FOLLOWER = "follower.";

    /** Instead of peers in this JVM. */
    static final String PROCESSES = "processes";

    /** How many elections there were while there was no reason for any, but little processor time. */
    static final String ELECTIONS = "elections.under-load";

    static final String KEEP_ALIVE = "lease.keepalive";

    private final LocalCluster cluster;

    private CoordSide(LocalCluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Serves measurements.
     *
     * @param args the directory to use, how many peers or {@link #PROCESSES}, and the mode
     */
    public static void main(String[] args) {
        Path directory = Path.of(args[0]);
        int peers = args[1].equals(PROCESSES) ? 0 : Integer.parseInt(args[1]);
        Works.serve(() -> switch (Mode.valueOf(args[2])) {
            case RUNNING -> peers == 0 ? new CoordSpread(directory) : new CoordSide(start(directory, peers));
            case START -> new StartTrials(directory, home -> startAndWrite(home, peers));
            case FAILOVER -> new FailoverTrials(new CoordProcesses(directory));
            case GROWTH -> new CoordGrowth(directory);
        });
    }

    private static LocalCluster start(Path directory, int peers) {
        return LocalCluster.builder()
                .network(Network.TCP)
                .electionTimeout(Duration.ofSeconds(1))
                .directory(directory)
                .peers(peers)
                .start();
    }

    private static AutoCloseable startAndWrite(Path home, int peers) throws InterruptedException {
        LocalCluster started = start(home, peers);
        CoordStore store = new CoordStore(started.coord(started.ids().get(0)).kv(), StoreWorks.VALUE_BYTES);
        store.putNow(Keys.key(0));
        return started;
    }

    @Override
    public void offer(Works works) throws Exception {
        List<Coord> peers = leaderFirst();
        Coord leader = peers.get(0);
        Coord follower = peers.get(1);
        Keys keys = new Keys(1000);
        offer(works, leader, follower, keys);
        offer(works.under(FOLLOWER), follower, leader, keys);
        CoordStore store = new CoordStore(leader.kv(), StoreWorks.VALUE_BYTES);
        store.fill(keys.all());
        store.fill(WatchWorks.keys());
        WatchWorks.offer(works, new CoordWatching(peers));
        works.add(KEEP_ALIVE, new CoordLeases(peers)::keepAlive);
        works.add(ELECTIONS, window -> elections(store, keys, window));
    }

    /** With 256 writes in flight and another process that takes what it can get of one processor. */
    private Load.Figures elections(CoordStore store, Keys keys, Duration window) throws Exception {
        long before = term();
        List<String> spin = List.of("sh", "-c", "while :; do :; done");
        try (Member ignored = new Member(spin, Path.of("/dev/null"))) {
            Load.inFlight(256, window, i -> store.put(keys.of(i)));
            return Load.Figures.of((double) (term() - before));
        }
    }

    private long term() {
        return cluster.peer(cluster.awaitLeader(Duration.ofSeconds(10)))
                .status()
                .term();
    }

    private List<Coord> leaderFirst() throws InterruptedException {
        String leader = cluster.awaitLeader(Duration.ofSeconds(10));
        List<Coord> peers = new ArrayList<>(List.of(cluster.coord(leader)));
        for (String id : cluster.ids()) {
            if (!id.equals(leader)) {
                peers.add(cluster.coord(id));
            }
        }
        return peers;
    }

    private static void offer(Works works, Coord here, Coord there, Keys keys) {
        CoordStore store = new CoordStore(here.kv(), StoreWorks.VALUE_BYTES);
        StoreWorks.offer(works, store, keys);
        StoreWorks.offerSizes(works, bytes -> new CoordStore(here.kv(), bytes), keys);
        works.add("get.sequential.1", window -> Load.bulk(window, i -> store.getSequentialNow(keys.of(i))));
        RecipeWorks.offer(works, new CoordRecipes(here, there));
    }

    @Override
    public void close() {
        cluster.close();
    }
}
