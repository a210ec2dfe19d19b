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
    static final String KEEP_ALIVE = "lease.keepalive";

    private final LocalCluster cluster;

    private CoordSide(LocalCluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Serves measurements.
     *
     * @param args the directory to use, and how many peers
     */
    public static void main(String[] args) {
        Works.serve(() -> new CoordSide(LocalCluster.builder()
                .network(Network.TCP)
                .electionTimeout(Duration.ofSeconds(1))
                .directory(Path.of(args[0]))
                .peers(Integer.parseInt(args[1]))
                .start()));
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
        works.add("get.sequential.1", window -> Load.bulk(window, i -> store.getSequentialNow(keys.of(i))));
        RecipeWorks.offer(works, new CoordRecipes(here, there));
    }

    @Override
    public void close() {
        cluster.close();
    }
}
