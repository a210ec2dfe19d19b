package dev.coord.recipes.swim;

/**
 * Tells messages of one sender from their copies by their numbers, which grow: each is taken once, in any order, unless it is so
 * late that it is no longer remembered whether it was (RFC 4303 §3.4.3 calls it an anti-replay window).
 */
final class ReplayWindow {
    /** How many messages of the sender, to whomever, one may be late. */
    static final int SIZE = 1_024;

    private final long[] seen = new long[SIZE / Long.SIZE];
    private long highest;

    /** Takes a number, the first of which is 1; tells whether it is new. */
    boolean isNew(long number) {
        if (number <= highest - SIZE) {
            return false;
        }
        for (long next = Math.max(highest + 1, number - SIZE + 1); next <= number; next++) {
            seen[word(next)] &= ~bit(next);
        }
        highest = Math.max(highest, number);
        boolean isNew = (seen[word(number)] & bit(number)) == 0;
        seen[word(number)] |= bit(number);
        return isNew;
    }

    private static int word(long number) {
        return (int) (number % SIZE) / Long.SIZE;
    }

    private static long bit(long number) {
        return 1L << (number % Long.SIZE);
    }
}
