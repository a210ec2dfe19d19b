package dev.coord.recipes.swim;

import java.util.HashSet;
import java.util.Set;

/**
 * How much is told to those who ask: in each interval an address once, and all of them together so much. Whoever makes copies of
 * old questions, from whatever addresses, does not make this member flood them.
 */
final class Allowance {
    /** So many datagrams an interval; what has begun is ended. */
    static final int DATAGRAMS = 1_000;

    private final long interval;
    private final Set<String> told = new HashSet<>();
    private long endAt;
    private int left;

    Allowance(long interval) {
        this.interval = interval;
    }

    /** Lets time pass. */
    void pass(long at) {
        if (told.isEmpty() || at >= endAt) {
            told.clear();
            left = DATAGRAMS;
            endAt = at + interval;
        }
    }

    /** Tells whether an address may be told; then it was. Each costs something, so there are few. */
    boolean take(String address) {
        return left > 0 && told.add(address);
    }

    void spend() {
        left--;
    }
}
