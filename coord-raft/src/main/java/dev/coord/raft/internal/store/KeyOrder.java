package dev.coord.raft.internal.store;

import dev.coord.kv.Keys;
import java.util.Comparator;

/** Finds the cheapest way to compare one key with others in the order of {@link Keys}. */
final class KeyOrder {
    /** The order of {@link Keys} is that of UTF-16 units, unless two units from here on meet. */
    private static final char FIRST_SPECIAL = Character.MIN_SURROGATE;

    private static final Comparator<Object> BY_UNITS = (a, b) -> ((String) a).compareTo((String) b);

    private KeyOrder() {}

    /** Returns an order that agrees with the given one on every pair of which the key is part. */
    static Comparator<Object> around(Object key, Comparator<Object> order) {
        return (Object) order == Keys.ORDER && isPlain((String) key) ? BY_UNITS : order;
    }

    private static boolean isPlain(String key) {
        for (int i = 0; i < key.length(); i++) {
            if (key.charAt(i) >= FIRST_SPECIAL) {
                return false;
            }
        }
        return true;
    }
}
