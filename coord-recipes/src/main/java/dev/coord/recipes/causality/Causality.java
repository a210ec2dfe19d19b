package dev.coord.recipes.causality;

/**
 * How one stamp stands to another. For stamps that tell all of causality, {@link #BEFORE} is Lamport's <i>happened before</i>
 * (1978, section "The Partial Ordering") and {@link #CONCURRENT} his <i>concurrent</i>: neither could have influenced the
 * other.
 */
public enum Causality {
    /** The first happened before the second. */
    BEFORE,
    /** The second happened before the first. */
    AFTER,
    /** Both know of the same events. */
    EQUAL,
    /** Neither knows of all that the other knows of. */
    CONCURRENT;

    /** What two questions tell: is the first at most the second, and is it at least the second? */
    static Causality of(boolean atMost, boolean atLeast) {
        if (atMost) {
            return atLeast ? EQUAL : BEFORE;
        }
        return atLeast ? AFTER : CONCURRENT;
    }

    /** What the sign of a total order's comparison tells. */
    static Causality ofSign(int sign) {
        return of(sign <= 0, sign >= 0);
    }

    /**
     * Returns how the second stands to the first.
     *
     * @return BEFORE and AFTER exchanged, the others as they are
     */
    public Causality reverse() {
        return of(this == AFTER || this == EQUAL, this == BEFORE || this == EQUAL);
    }
}
