package dev.coord.recipes.detector;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which members are neighbours. Changed by one thread at a time, read by any. */
final class NeighbourBook {
    private final String self;
    private final String cluster;
    private final Topology topology;
    private final DetectorConfig detector;
    private final long interval;
    private volatile Map<String, Neighbour> neighbours = Map.of();

    NeighbourBook(String self, String cluster, Topology topology, DetectorConfig detector, long intervalNanos) {
        this.self = self;
        this.cluster = cluster;
        this.topology = topology;
        this.detector = detector;
        this.interval = intervalNanos;
    }

    /**
     * Replaces the members. What is known of a neighbour that stays one is kept.
     *
     * @param addresses the address of each member
     * @param sequence the last number that was sent
     */
    void members(Map<String, String> addresses, long sequence) {
        Map<String, Neighbour> chosen = new HashMap<>();
        for (String member : topology.neighbours(self, addresses.keySet())) {
            String address = addresses.getOrDefault(member, "");
            Neighbour known = neighbours.get(member);
            chosen.put(member, known == null ? fresh(member, address, sequence) : known.at(address));
        }
        neighbours = Map.copyOf(chosen);
    }

    private Neighbour fresh(String member, String address, long sequence) {
        byte[] outbound = Envelope.context(cluster, self, member);
        byte[] inbound = Envelope.context(cluster, member, self);
        return new Neighbour(member, address, outbound, inbound, detector, interval, sequence);
    }

    @Nullable
    Neighbour find(String id) {
        return neighbours.get(id);
    }

    Neighbour get(String id) {
        Neighbour found = neighbours.get(id);
        if (found == null) {
            throw new IllegalArgumentException("'" + id + "' is not a neighbour of '" + self + "'; these are: "
                    + neighbours.keySet().stream().sorted().toList());
        }
        return found;
    }

    Collection<Neighbour> all() {
        return neighbours.values();
    }
}
