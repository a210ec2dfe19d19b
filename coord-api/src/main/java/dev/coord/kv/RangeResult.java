package dev.coord.kv;

import java.util.List;

/**
 * Entries of a range, all of one revision. Immutable.
 *
 * @param revision the store's revision that was read; start a watch at the next one to miss nothing
 * @param entries the entries, at most as many as the query's limit
 * @param count how many entries the range holds, whatever the limit
 */
public record RangeResult(long revision, List<Entry> entries, long count) {

    /** Creates a result. */
    public RangeResult {
        entries = List.copyOf(entries);
    }

    /**
     * Tells whether the limit kept entries back.
     *
     * @return true if the range holds more entries than were returned
     */
    public boolean more() {
        return count > entries.size();
    }
}
