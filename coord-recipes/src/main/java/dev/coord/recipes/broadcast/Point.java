package dev.coord.recipes.broadcast;

import java.util.Comparator;

/**
 * How many messages a process of a member has broadcast. Every message of a later process is beyond all of an earlier one's,
 * whose last messages may never come.
 *
 * @param life the process
 * @param count its messages, 0 or more
 */
record Point(Life life, long count) implements Comparable<Point> {
    static final Point NONE = new Point(Life.UNKNOWN, 0);
    private static final Comparator<Point> ORDER =
            Comparator.comparing(Point::life).thenComparingLong(Point::count);

    Point next() {
        return new Point(life, count + 1);
    }

    boolean isNextAfter(Point last) {
        return equals(last.next());
    }

    boolean isAtMost(Point other) {
        return compareTo(other) <= 0;
    }

    @Override
    public int compareTo(Point other) {
        return ORDER.compare(this, other);
    }
}
