package dev.coord.raft.internal.store;

import dev.coord.kv.Keys;
import java.util.Comparator;

/**
 * A hint of a key: a number made of the few characters that follow a prefix. Among keys that share the prefix, a lesser
 * hint means a lesser key in the order of {@link Keys}; equal hints mean nothing.
 */
final class KeyHint {
    private static final int SIZE = 32;
    private static final int NARROW = 8;
    private static final int WIDE = 24;

    /** The mark of a wide character, and the first character that is one. */
    private static final char MARK = 0xFF;

    private KeyHint() {}

    /** Tells whether the keys of an order have hints. */
    static boolean fits(Comparator<?> order) {
        return (Object) order == Keys.ORDER;
    }

    /** Returns the hint of the key after a prefix of that length. */
    static int of(String key, int prefix) {
        long bits = 0;
        int size = 0;
        for (int i = prefix; i < key.length() && size < SIZE; i++) {
            char unit = key.charAt(i);
            if (unit < MARK) {
                bits = bits << NARROW | unit;
                size += NARROW;
            } else {
                bits = bits << WIDE | MARK << Character.SIZE | rank(unit);
                size += WIDE;
            }
        }
        // The first bits of all, as a number that compares as if it were unsigned.
        return (int) (bits << (Long.SIZE - size) >>> (Long.SIZE - SIZE)) ^ Integer.MIN_VALUE;
    }

    // Surrogates sort behind all other units, and still fit into as many bits.
    private static int rank(char unit) {
        if (unit < Character.MIN_SURROGATE) {
            return unit;
        }
        int surrogates = Character.MAX_SURROGATE + 1 - Character.MIN_SURROGATE;
        int others = Character.MAX_VALUE - Character.MAX_SURROGATE;
        return Character.isSurrogate(unit) ? unit + others : unit - surrogates;
    }

    /** Returns the length of the longest prefix that two keys share. */
    static int sharedPrefix(String a, String b) {
        return sharedPrefix(a, b, Integer.MAX_VALUE);
    }

    /** Tells whether two keys share a prefix of that length. */
    static boolean sharePrefix(String a, String b, int length) {
        return sharedPrefix(a, b, length) == length;
    }

    // Faster than String.regionMatches, which is not compiled well.
    private static int sharedPrefix(String a, String b, int most) {
        int limit = Math.min(most, Math.min(a.length(), b.length()));
        int length = 0;
        while (length < limit && a.charAt(length) == b.charAt(length)) {
            length++;
        }
        return length;
    }
}
