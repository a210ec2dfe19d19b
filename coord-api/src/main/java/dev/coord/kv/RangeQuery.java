package dev.coord.kv;

/**
 * What to read of a range. Immutable; the methods return changed copies.
 *
 * @param range the keys
 * @param limit the greatest number of entries to return, or 0 for all
 * @param descending whether to return the last keys first
 * @param keysOnly whether to leave the values empty
 * @param countOnly whether to return no entries, only their count
 */
public record RangeQuery(KeyRange range, int limit, boolean descending, boolean keysOnly, boolean countOnly) {

    /**
     * Creates a query.
     *
     * @throws IllegalArgumentException if the limit is negative
     */
    public RangeQuery {
        if (limit < 0) {
            throw new IllegalArgumentException("negative limit " + limit);
        }
    }

    /**
     * Returns the query for everything in a range, in key order.
     *
     * @param range the keys
     * @return the query
     */
    public static RangeQuery of(KeyRange range) {
        return new RangeQuery(range, 0, false, false, false);
    }

    /**
     * Returns the query with a limit. The count of the result is not limited.
     *
     * @param entries the greatest number of entries to return, or 0 for all
     * @return the changed query
     */
    public RangeQuery limit(int entries) {
        return new RangeQuery(range, entries, descending, keysOnly, countOnly);
    }

    /**
     * Returns the query with the last keys first.
     *
     * @return the changed query
     */
    public RangeQuery lastFirst() {
        return new RangeQuery(range, limit, true, keysOnly, countOnly);
    }

    /**
     * Returns the query without values.
     *
     * @return the changed query
     */
    public RangeQuery withoutValues() {
        return new RangeQuery(range, limit, descending, true, countOnly);
    }

    /**
     * Returns the query for the count alone.
     *
     * @return the changed query
     */
    public RangeQuery countedOnly() {
        return new RangeQuery(range, limit, descending, keysOnly, true);
    }
}
