package dev.coord.recipes.assignment;

import static java.util.Objects.requireNonNull;

/**
 * A member that partitions are spread over. Immutable.
 *
 * @param name its name, unique in its group
 * @param weight its share in relation to the others', 1 to {@value #MAX_WEIGHT}
 */
public record WeightedMember(String name, int weight) {
    /** The greatest weight. */
    public static final int MAX_WEIGHT = 1_000;

    /**
     * Creates a member.
     *
     * @throws IllegalArgumentException if the name is empty or the weight out of bounds
     */
    public WeightedMember {
        requireNonNull(name, "name");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a member without a name; give each a name of its own");
        }
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException(
                    "member " + name + " of weight " + weight + "; it has 1 to " + MAX_WEIGHT);
        }
    }
}
