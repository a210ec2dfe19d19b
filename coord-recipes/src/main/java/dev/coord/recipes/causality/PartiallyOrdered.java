package dev.coord.recipes.causality;

/**
 * Stamps that a partial order relates: reflexive, antisymmetric ({@link Causality#EQUAL} in place of identity) and transitive.
 * Each clock of this package says what its order tells of causality: everything ({@link VectorClock}, {@link VersionVector},
 * {@link DottedVersionVector}, {@link Siblings}, {@link IntervalTreeClock}), or only that what happened before is not after
 * ({@link LamportClock}, {@link HybridTime}, which order everything and never say {@link Causality#CONCURRENT}).
 *
 * <p>Comparing allocates nothing (but for {@link Siblings}, an iterator) and is done by any thread, as stamps are immutable.
 *
 * @param <T> the stamps, which are compared among themselves
 */
public interface PartiallyOrdered<T> {

    /**
     * Compares.
     *
     * @param other another stamp of the same system
     * @return how this stands to the other
     */
    Causality compare(T other);

    /**
     * Tells whether this is before the other.
     *
     * @param other another stamp
     * @return true if so; false if it is equal
     */
    default boolean isBefore(T other) {
        return compare(other) == Causality.BEFORE;
    }

    /**
     * Tells whether this is before the other or equal to it.
     *
     * @param other another stamp
     * @return true if so
     */
    default boolean isAtMost(T other) {
        Causality causality = compare(other);
        return causality == Causality.BEFORE || causality == Causality.EQUAL;
    }

    /**
     * Tells whether neither is at most the other.
     *
     * @param other another stamp
     * @return true if so
     */
    default boolean isConcurrentWith(T other) {
        return compare(other) == Causality.CONCURRENT;
    }
}
