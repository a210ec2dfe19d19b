package dev.coord.kv;

/**
 * A key with its value and history, as of one revision. Immutable.
 *
 * @param key the key
 * @param value the value
 * @param createRevision the revision that created the key, anew after each deletion; unique to this life of the key
 * @param modRevision the revision that last wrote the key
 * @param version 1 when created, one more at each write
 * @param lease the id of the lease that the key is attached to, or 0
 */
public record Entry(String key, Value value, long createRevision, long modRevision, long version, long lease) {

    /**
     * Returns the value as text.
     *
     * @return the value decoded as UTF-8
     */
    public String text() {
        return value.asString();
    }
}
