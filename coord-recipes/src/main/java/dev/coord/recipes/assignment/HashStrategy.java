package dev.coord.recipes.assignment;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A {@link Strategy} by hashes: {@link Strategy#rendezvous()} or {@link Strategy#ring}. Without a bound it takes no notice
 * of who had what. Immutable.
 */
public final class HashStrategy implements Strategy {
    /** The most points of a ring for each unit of weight. */
    public static final int MAX_VIRTUAL_NODES = 1_024;

    private final String name;
    private final Function<List<WeightedMember>, Ranking> rankings;
    private final double bound;

    HashStrategy(String name, Function<List<WeightedMember>, Ranking> rankings, double bound) {
        this.name = name;
        this.rankings = rankings;
        this.bound = bound;
    }

    /**
     * Returns this strategy with bounded loads (after Mirrokni, Thorup and Zadimoghaddam 2018): of <i>n</i> partitions a
     * member of the share <i>w</i> of all weights gets at most <i>factor · n · w</i>, rounded up. What a member has no room
     * for is <em>away</em> from it: with the next that has room, and stays there as long as that has.
     *
     * <p><b>What moves</b>, from a settled state. When a member leaves: its partitions, and at most those that were away.
     * When one comes: the partitions that it is the first choice for, what the others have beyond their bound, which is
     * lower now, and at most those that were away. With 1.25 few are away, with 1 many.
     *
     * @param factor 1 or more; 1 is as even as can be, 1.25 is usual
     * @return the strategy with the bound, instead of the former if there was one
     * @throws IllegalArgumentException if the factor is less than 1 or not finite
     */
    public HashStrategy boundedBy(double factor) {
        if (!(factor >= 1) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException("load bounded by " + factor + " times the mean; it must be 1 or more");
        }
        return new HashStrategy(name, rankings, factor);
    }

    @Override
    public Map<String, String> assign(
            Collection<String> partitions, Collection<WeightedMember> members, Map<String, String> previous) {
        requireNonNull(previous, "previous");
        List<WeightedMember> sorted = members.stream()
                .sorted(Comparator.comparing(WeightedMember::name))
                .toList();
        if (sorted.isEmpty()) {
            throw new IllegalArgumentException("no members to assign to");
        }
        Ranking ranking = rankings.apply(sorted);
        TreeSet<String> all = new TreeSet<>(partitions);
        if (bound < Double.POSITIVE_INFINITY) {
            return new BoundedPlacement(ranking, sorted, bound, all.size()).place(all, previous);
        }
        Map<String, String> homes = new TreeMap<>();
        all.forEach(partition ->
                homes.put(partition, sorted.get(ranking.home(partition)).name()));
        return Collections.unmodifiableMap(homes);
    }

    @Override
    public String toString() {
        return name + (bound < Double.POSITIVE_INFINITY ? " bounded by " + bound : "");
    }
}
