package dev.coord.bench.micro;

import dev.coord.kv.Value;
import java.util.Locale;

/** The keys that are measured, 32 bytes each, in order, and the value that they have, 128 bytes. */
final class Keys {
    static final Value VALUE = Value.of(new byte[128]);

    /** So many spread over all reach every part of the store, and are few enough to be at hand without a memory of their own. */
    private static final int SPREAD = 1 << 16;

    private Keys() {}

    static String key(int number) {
        return String.format(Locale.ROOT, "/benchmark-of-the-parts/%08d", number);
    }

    static String[] first(int count) {
        String[] keys = new String[count];
        for (int i = 0; i < count; i++) {
            keys[i] = key(i);
        }
        return keys;
    }

    /** Returns keys evenly spread over the first so many, and all of them if they are few. */
    static String[] spread(int count) {
        String[] keys = new String[Math.min(count, SPREAD)];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = key((int) ((long) i * count / keys.length));
        }
        return keys;
    }
}
