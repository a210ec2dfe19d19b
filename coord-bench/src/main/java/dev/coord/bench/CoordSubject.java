package dev.coord.bench;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Kv;
import dev.coord.kv.Value;
import dev.coord.raft.LocalCluster;
import dev.coord.raft.LocalCluster.Network;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Three peers of Coord, TCP on the loopback interface, durable logs. */
final class CoordSubject {
    private static final int KEYS = 1000;

    private final Map<String, Subject.Work> works = new LinkedHashMap<>();
    private final Value value = Value.of(new byte[128]);
    private final String[] keys = new String[KEYS];

    private CoordSubject(Coord leader, Coord follower) {
        for (int i = 0; i < KEYS; i++) {
            keys[i] = String.format(Locale.ROOT, "/bench/key-%04d", i);
        }
        add("leader", leader.kv());
        add("follower", follower.kv());
    }

    /**
     * Serves measurements.
     *
     * @param args the directory to use
     * @throws Exception if it cannot
     */
    public static void main(String[] args) throws Exception {
        try (LocalCluster cluster = LocalCluster.builder()
                .network(Network.TCP)
                .electionTimeout(Duration.ofSeconds(1))
                .directory(Path.of(args[0]))
                .start()) {
            String leader = cluster.awaitLeader(Duration.ofSeconds(10));
            String follower = cluster.ids().stream()
                    .filter(id -> !id.equals(leader))
                    .findFirst()
                    .orElseThrow();
            Subject.serve(new CoordSubject(cluster.coord(leader), cluster.coord(follower)).works);
        }
    }

    private void add(String where, Kv kv) {
        Consistency linearizable = Consistency.linearizable();
        Consistency sequential = Consistency.sequential();
        works.put("put." + where + ".1", window -> Load.oneByOne(window, i -> kv.put(key(i), value)));
        works.put(
                "put." + where + ".256",
                window -> Load.inFlight(FirstLook.WIDTH, window, i -> kv.putAsync(key(i), value)));
        works.put(
                "get.linearizable." + where + ".1", window -> Load.oneByOne(window, i -> kv.get(key(i), linearizable)));
        works.put(
                "get.linearizable." + where + ".256",
                window -> Load.inFlight(FirstLook.WIDTH, window, i -> kv.getAsync(key(i), linearizable)));
        works.put("get.sequential." + where, window -> Load.bulk(window, i -> kv.get(key(i), sequential)));
    }

    private String key(long i) {
        return keys[(int) (i % KEYS)];
    }
}
