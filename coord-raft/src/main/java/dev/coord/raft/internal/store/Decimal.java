package dev.coord.raft.internal.store;

import dev.coord.kv.Entry;
import org.jspecify.annotations.Nullable;

/** The numbers that adds read and write: 64-bit integers in the one text that stands for each. */
final class Decimal {
    private static final int MAX_LENGTH = Long.toString(Long.MIN_VALUE).length();

    private Decimal() {}

    /** The number that an entry holds, 0 if there is none; null if it holds something else. */
    static @Nullable Long of(@Nullable Entry entry) {
        if (entry == null) {
            return 0L;
        }
        if (entry.value().size() > MAX_LENGTH) {
            return null;
        }
        String text = entry.text();
        try {
            long number = Long.parseLong(text);
            return Long.toString(number).equals(text) ? number : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    static boolean overflows(long a, long b) {
        long sum = a + b;
        return ((a ^ sum) & (b ^ sum)) < 0;
    }
}
