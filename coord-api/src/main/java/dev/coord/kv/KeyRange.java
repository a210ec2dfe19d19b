package dev.coord.kv;

import org.jspecify.annotations.Nullable;

/**
 * A set of neighbouring keys: from a first key on, up to but without an end key. Immutable.
 *
 * @param from the first key, or the empty string for the beginning of the key space
 * @param to the end key, exclusive, or null for the end of the key space
 */
public record KeyRange(String from, @Nullable String to) {

    /**
     * Creates a range.
     *
     * @throws IllegalArgumentException if a bound is not a proper key or the range would be empty
     */
    public KeyRange {
        if (!from.isEmpty()) {
            checkBound(from);
        }
        if (to != null) {
            checkBound(to);
            if (Keys.compare(from, to) >= 0) {
                throw new IllegalArgumentException("empty range: " + from + " does not sort before " + to);
            }
        }
    }

    /**
     * Returns the range of one key.
     *
     * @param key the key
     * @return the range that holds this key only
     */
    public static KeyRange key(String key) {
        return new KeyRange(Keys.check(key), key + '\0');
    }

    /**
     * Returns the range of the keys that start with the prefix.
     *
     * @param prefix 1 to {@value Keys#MAX_BYTES} bytes as UTF-8
     * @return the range
     */
    public static KeyRange prefix(String prefix) {
        return new KeyRange(Keys.check(prefix), prefixEnd(prefix));
    }

    /**
     * Returns the range from a key on, up to but without another.
     *
     * @param from the first key
     * @param to the end, exclusive
     * @return the range
     */
    public static KeyRange between(String from, String to) {
        return new KeyRange(from, to);
    }

    /**
     * Returns the range of all keys.
     *
     * @return the whole key space
     */
    public static KeyRange all() {
        return new KeyRange("", null);
    }

    /**
     * Tells whether a key lies in this range.
     *
     * @param key a key
     * @return true if it does
     */
    public boolean contains(String key) {
        return Keys.compare(from, key) <= 0 && (to == null || Keys.compare(key, to) < 0);
    }

    /**
     * Tells whether some key could lie in both ranges.
     *
     * @param other a range
     * @return true if they overlap
     */
    public boolean overlaps(KeyRange other) {
        return (to == null || Keys.compare(other.from, to) < 0)
                && (other.to == null || Keys.compare(from, other.to) < 0);
    }

    /**
     * Tells whether this range holds a single key.
     *
     * @return true if it was made by {@link #key(String)}
     */
    public boolean isSingleKey() {
        return to != null
                && to.length() == from.length() + 1
                && to.charAt(from.length()) == '\0'
                && to.startsWith(from);
    }

    private static void checkBound(String bound) {
        // One byte longer than a key: the end of a single-key range is the longest key and a zero.
        int bytes = Keys.utf8Length(bound);
        if (bytes < 1 || bytes > Keys.MAX_BYTES + 1) {
            throw new IllegalArgumentException("range bound of " + bytes + " bytes; it has 1 to " + Keys.MAX_BYTES);
        }
    }

    private static @Nullable String prefixEnd(String prefix) {
        int end = prefix.length();
        while (end > 0) {
            int last = prefix.codePointBefore(end);
            int start = end - Character.charCount(last);
            if (last < Character.MAX_CODE_POINT) {
                int next = last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1;
                return prefix.substring(0, start) + Character.toString(next);
            }
            end = start;
        }
        return null;
    }

    @Override
    public String toString() {
        return isSingleKey() ? "[" + from + "]" : "[" + from + ", " + (to == null ? "end" : to) + ")";
    }
}
