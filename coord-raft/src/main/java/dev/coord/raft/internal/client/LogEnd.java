package dev.coord.raft.internal.client;

import java.util.Comparator;

/**
 * The last entry of a peer's log or snapshot. Who has the greater one may lack nothing that the other has (Raft, section 5.4.1).
 *
 * @param term of the entry
 * @param index of the entry
 */
public record LogEnd(long term, long index) implements Comparable<LogEnd> {
    /** That of a peer that holds nothing. */
    public static final LogEnd NONE = new LogEnd(-1, -1);

    private static final Comparator<LogEnd> ORDER =
            Comparator.comparingLong(LogEnd::term).thenComparingLong(LogEnd::index);

    @Override
    public int compareTo(LogEnd other) {
        return ORDER.compare(this, other);
    }
}
