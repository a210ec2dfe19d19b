package dev.coord.recipes.assignment;

import static java.util.Objects.requireNonNull;

import dev.coord.recipes.internal.RendezvousHash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Places partitions on members that have room for so many each. Used once.
 *
 * <p>In three rounds: each member takes those whose first choice it is, those it has already before others; whoever found
 * no room stays where it was if there is room; the rest goes to the next choice with room. Those at home never lose their
 * place to others, as bounds do not shrink when a member leaves; so only those away, who were refused by their home, can
 * move without need. A second placement changes nothing: each home refuses the same again, and finds the same room.
 */
final class BoundedPlacement {
    private final Ranking ranking;
    private final List<WeightedMember> members;
    private final Map<String, Integer> indices = new HashMap<>();
    private final int[] room;
    private final Map<String, String> placed = new TreeMap<>();

    BoundedPlacement(Ranking ranking, List<WeightedMember> members, double factor, int partitions) {
        this.ranking = ranking;
        this.members = members;
        long weights = members.stream().mapToLong(WeightedMember::weight).sum();
        room = new int[members.size()];
        for (int i = 0; i < room.length; i++) {
            indices.put(members.get(i).name(), i);
            double share = factor * ((double) partitions * members.get(i).weight() / weights);
            room[i] = (int) Math.min(partitions, Math.ceil(share));
        }
    }

    /** A partition that is to go home. */
    private record Wish(String partition, int home, boolean atHome) {
        static final Comparator<Wish> ORDER = Comparator.<Wish, Boolean>comparing(wish -> !wish.atHome)
                .thenComparingLong(wish -> RendezvousHash.hash(wish.partition))
                .thenComparing(Wish::partition);
    }

    Map<String, String> place(Collection<String> partitions, Map<String, String> previous) {
        List<Wish> wishes = new ArrayList<>();
        for (String partition : partitions) {
            int home = ranking.home(partition);
            wishes.add(new Wish(partition, home, members.get(home).name().equals(previous.get(partition))));
        }
        wishes.sort(Wish.ORDER);
        List<Wish> away = wishes.stream()
                .filter(wish -> !settle(wish.partition(), wish.home()))
                .toList();
        List<Wish> displaced = away.stream()
                .filter(wish -> !stay(wish.partition(), previous.get(wish.partition())))
                .toList();
        displaced.forEach(wish -> settleAnywhere(wish.partition()));
        return Collections.unmodifiableMap(placed);
    }

    private boolean stay(String partition, @Nullable String member) {
        return member != null && indices.containsKey(member) && settle(partition, requireNonNull(indices.get(member)));
    }

    private void settleAnywhere(String partition) {
        for (int member : ranking.order(partition)) {
            if (settle(partition, member)) {
                return;
            }
        }
        throw new IllegalStateException("no room for " + partition + "; the bounds add up to all partitions");
    }

    private boolean settle(String partition, int member) {
        if (room[member] == 0) {
            return false;
        }
        room[member]--;
        placed.put(partition, members.get(member).name());
        return true;
    }
}
