package dev.coord.bench.side;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The keys that are measured: 32 bytes each, in order. */
final class Keys {
    static final String PARENT = "/bench-of-the-systems";

    private final String[] keys;

    Keys(int count) {
        keys = new String[count];
        for (int i = 0; i < count; i++) {
            keys[i] = key(i);
        }
    }

    static String key(int number) {
        return String.format(Locale.ROOT, PARENT + "/%010d", number);
    }

    int count() {
        return keys.length;
    }

    /** Returns the key of an operation: all in turn. */
    String of(long operation) {
        return keys[(int) (operation % keys.length)];
    }

    /** Returns keys that follow each other, others for each operation. */
    List<String> some(long operation, int count) {
        int first = (int) (operation * count % (keys.length - count + 1));
        return Arrays.asList(keys).subList(first, first + count);
    }

    List<String> all() {
        return Arrays.asList(keys);
    }
}
