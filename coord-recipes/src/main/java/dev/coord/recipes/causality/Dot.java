package dev.coord.recipes.causality;

import java.util.Comparator;

/**
 * The name of one update: the counter-th of its replica (Preguiça et al. 2010). Immutable; the natural order, by
 * replica and then by counter, is for sorting and tells nothing of causality.
 *
 * @param replica where the update was made: 1 to 64 ASCII letters, digits, '.', '_' or '-', a letter or digit first
 * @param counter which of its updates; positive
 */
public record Dot(String replica, long counter) implements Comparable<Dot> {
    private static final Comparator<Dot> ORDER =
            Comparator.comparing(Dot::replica).thenComparingLong(Dot::counter);

    /**
     * Creates a dot.
     *
     * @throws IllegalArgumentException if the counter is not positive or the name not as above
     */
    public Dot {
        Names.check(replica);
        if (counter < 1) {
            throw new IllegalArgumentException("update " + counter + " of " + replica + "; the first has the number 1");
        }
    }

    @Override
    public int compareTo(Dot other) {
        return ORDER.compare(this, other);
    }

    ClockWriter writeTo(ClockWriter out) {
        return out.name(replica).number(counter);
    }

    static Dot read(ClockReader in) {
        int start = in.at();
        String replica = in.name();
        long counter = in.number();
        if (counter < 1) {
            throw in.malformed(start, "update 0 of " + replica + "; the first has the number 1");
        }
        return new Dot(replica, counter);
    }

    static Dot parse(TextReader in) {
        int start = in.at();
        String replica = in.name();
        in.expect(':');
        long counter = in.number();
        if (counter < 1) {
            throw in.malformed(start, "update 0 of " + replica + "; the first has the number 1");
        }
        return new Dot(replica, counter);
    }

    /** Returns such as {@code a:3}. */
    @Override
    public String toString() {
        return replica + ":" + counter;
    }
}
