package dev.coord.kv;

import java.util.Comparator;

/**
 * The rules of keys: well-formed text whose UTF-8 form has 1 to {@value #MAX_BYTES} bytes, ordered by those bytes,
 * unsigned. Keys are conventionally paths, such as {@code /locks/billing}.
 */
public final class Keys {
    /** The longest key in UTF-8 bytes. */
    public static final int MAX_BYTES = 4096;

    /** Orders keys by their UTF-8 bytes, unsigned, which is the order of their code points. */
    public static final Comparator<String> ORDER = Keys::compare;

    private Keys() {}

    /**
     * Checks a key.
     *
     * @param key the key
     * @return the same key
     * @throws IllegalArgumentException if it is empty, too long, or holds a lone surrogate
     */
    public static String check(String key) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("empty key; a key has 1 to " + MAX_BYTES + " bytes");
        }
        int bytes = utf8Length(key);
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("key of " + bytes + " bytes; the longest is " + MAX_BYTES);
        }
        return key;
    }

    /**
     * Compares two keys by their UTF-8 bytes, unsigned.
     *
     * @param a a key
     * @param b a key
     * @return negative, zero or positive as a sorts before, with or after b
     */
    public static int compare(String a, String b) {
        int limit = Math.min(a.length(), b.length());
        for (int i = 0; i < limit; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                // Surrogates stand for code points above U+FFFF, yet sort below U+E000 as UTF-16 units.
                return x >= Character.MIN_SURROGATE && y >= Character.MIN_SURROGATE ? rank(x) - rank(y) : x - y;
            }
        }
        return a.length() - b.length();
    }

    private static int rank(char unit) {
        return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
    }

    static int utf8Length(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit < 0x80) {
                bytes += 1;
            } else if (unit < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(unit)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(unit)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                throw new IllegalArgumentException("lone surrogate at index " + i + "; a key must be well-formed text");
            }
        }
        return bytes;
    }
}
