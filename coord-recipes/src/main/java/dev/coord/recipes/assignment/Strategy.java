package dev.coord.recipes.assignment;

import java.util.Collection;
import java.util.Map;

/**
 * Decides which member is to have which partition. Pure: the result depends on the arguments alone, on any JVM, as any
 * participant may become the elected leader and decide. Called by one thread of the peer's callbacks; it must not wait.
 *
 * <p>A strategy of one's own should be <em>settled</em> by its own result, {@code assign(p, m, assign(p, m, x))} being
 * {@code assign(p, m, x)}, or each change of the elected leader moves partitions for nothing.
 */
@FunctionalInterface
public interface Strategy {

    /**
     * Decides.
     *
     * @param partitions the partitions, each once
     * @param members the members that are there, at least one, with names that differ
     * @param previous who was to have which partition before; may name members that are gone, and not name partitions
     * @return a member for each partition
     */
    Map<String, String> assign(
            Collection<String> partitions, Collection<WeightedMember> members, Map<String, String> previous);

    /**
     * Returns weighted rendezvous hashing (Thaler and Ravishankar 1998): each partition goes to the member with the highest
     * hash of both. When a member leaves, only its partitions move; when one comes, its share, about a partition in
     * <i>n</i> for the <i>n</i>th member of equal weight, moves to it, and nothing else moves. Costs one hash for each
     * partition and member.
     *
     * @return the strategy, without a bound on how much one member gets
     */
    static HashStrategy rendezvous() {
        return new HashStrategy("rendezvous", RendezvousRanking::new, Double.POSITIVE_INFINITY);
    }

    /**
     * Returns consistent hashing (Karger et al. 1997) on a ring, on which each member has the given number of points for
     * each unit of its weight, and a partition goes to the member of the next point. It moves what
     * {@linkplain #rendezvous() rendezvous hashing} moves and is less even, by about one in the square root of the number
     * of points; for many members it is cheaper: a partition costs one search.
     *
     * @param virtualNodes points for each unit of weight, 1 to {@value HashStrategy#MAX_VIRTUAL_NODES}; 100 or more are
     *     usual
     * @return the strategy, without a bound on how much one member gets
     * @throws IllegalArgumentException if the number is out of bounds
     */
    static HashStrategy ring(int virtualNodes) {
        if (virtualNodes < 1 || virtualNodes > HashStrategy.MAX_VIRTUAL_NODES) {
            throw new IllegalArgumentException(
                    virtualNodes + " virtual nodes; there may be 1 to " + HashStrategy.MAX_VIRTUAL_NODES);
        }
        return new HashStrategy(
                "ring of " + virtualNodes, members -> new RingRanking(members, virtualNodes), Double.POSITIVE_INFINITY);
    }
}
