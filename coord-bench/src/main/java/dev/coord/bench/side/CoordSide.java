package dev.coord.bench.side;

import dev.coord.Coord;
import dev.coord.bench.Load;
import dev.coord.raft.LocalCluster;
import dev.coord.raft.LocalCluster.Network;
import java.nio.file.Path;
import java.time.Duration;

/** Peers of Coord in one JVM, TCP on the loopback interface. Its settings are those it comes with. */
final class CoordSide implements Side {
    static final String FOLLOWER = "follower.";

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
        String leader = cluster.awaitLeader(Duration.ofSeconds(10));
        String follower = cluster.ids().stream()
                .filter(id -> !id.equals(leader))
                .findFirst()
                .orElseThrow();
        offer(works, cluster.coord(leader));
        offer(works.under(FOLLOWER), cluster.coord(follower));
    }

    static void offer(Works works, Coord coord) throws Exception {
        Keys keys = new Keys(1000);
        CoordStore store = new CoordStore(coord.kv(), StoreWorks.VALUE_BYTES);
        store.fill(keys.all());
        StoreWorks.offer(works, store, keys);
        works.add("get.sequential.1", window -> Load.bulk(window, i -> store.getSequentialNow(keys.of(i))));
    }

    @Override
    public void close() {
        cluster.close();
    }
}
