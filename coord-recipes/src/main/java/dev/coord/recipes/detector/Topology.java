package dev.coord.recipes.detector;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who exchanges heartbeats with whom, decided alike by all who know the same members. The relation is mutual. Immutable.
 */
public final class Topology {
    private static final Topology FULL = new Topology(Integer.MAX_VALUE);

    private final int reach;

    private Topology(int reach) {
        this.reach = reach;
    }

    /**
     * Everybody with everybody: each failure is seen by all, at n − 1 datagrams per member and interval.
     *
     * @return the topology
     */
    public static Topology full() {
        return FULL;
    }

    /**
     * In the ring of members in the order of their ids, each with the k that follow it, hence also with the k before it: each
     * failure is seen by 2k members, at 2k datagrams per member and interval, however many members there are.
     *
     * @param k how many, 1 or more; with 2k or fewer others it is the same as {@link #full()}
     * @return the topology
     * @throws IllegalArgumentException if k is less than 1
     */
    public static Topology ring(int k) {
        if (k < 1) {
            throw new IllegalArgumentException("in a ring each has at least 1 successor, but k is " + k);
        }
        return new Topology(k);
    }

    /** Those of the others that the member exchanges heartbeats with. */
    Set<String> neighbours(String self, Set<String> others) {
        TreeSet<String> sorted = new TreeSet<>(others);
        sorted.remove(self);
        if (reach >= (sorted.size() + 1) / 2) {
            return sorted;
        }
        List<String> following = new ArrayList<>(sorted.tailSet(self));
        following.addAll(sorted.headSet(self));
        Set<String> chosen = new LinkedHashSet<>(following.subList(0, reach));
        chosen.addAll(following.subList(following.size() - reach, following.size()));
        return chosen;
    }

    @Override
    public String toString() {
        return this == FULL ? "full" : "ring(" + reach + ")";
    }
}
