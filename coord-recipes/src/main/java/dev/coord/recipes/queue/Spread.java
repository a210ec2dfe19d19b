package dev.coord.recipes.queue;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * How far consumers keep apart. One that meets no other takes the first item at once. After each claim that another was
 * faster with, it chooses by chance among twice as many of the first items, 32 at most, and lets up to twice the time pass
 * before it reaches for a new one, 128 ms at most; each success halves both. So the losses for each item stay about the same however many consumers
 * there are, and a lone consumer sees the exact order. Not thread-safe.
 */
final class Spread {
    private static final int MOST = 8;
    private static final int MOST_CHOICE = 5;
    private static final long STEP_NANOS = 500_000;

    private final SplittableRandom random;
    private int level;

    Spread(long seed) {
        random = new SplittableRandom(seed);
    }

    void lost() {
        level = Math.min(level + 1, MOST);
    }

    void won() {
        level = Math.max(level - 1, 0);
    }

    /** Which of the candidates to take, counted from 0. */
    int choice() {
        return random.nextInt(1 << Math.min(level, MOST_CHOICE));
    }

    /** How long to let pass before reaching for an item that has just appeared. */
    Duration delay() {
        return level == 0 ? Duration.ZERO : Duration.ofNanos(random.nextLong(STEP_NANOS << level));
    }
}
