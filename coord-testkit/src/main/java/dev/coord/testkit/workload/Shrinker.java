package dev.coord.testkit.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Deletes from a list what a failure does not need (Zeller and Hildebrandt, <i>Delta debugging</i>, 2002). */
final class Shrinker {
    private final int maxRuns;
    private int runs;

    Shrinker(int maxRuns) {
        this.maxRuns = maxRuns;
    }

    int runs() {
        return runs;
    }

    /**
     * Shrinks a list.
     *
     * @param items the whole list, which fails
     * @param fails whether a part of it still fails in the same way
     * @return a part that fails, from which no single item can be deleted if the runs allowed sufficed
     */
    <T> List<T> shrink(List<T> items, Predicate<List<T>> fails) {
        List<T> kept = new ArrayList<>(items);
        for (int chunk = Math.max(1, kept.size() / 2); ; chunk /= 2) {
            boolean deleted;
            do {
                deleted = deleteChunks(kept, chunk, fails);
            } while (deleted && runs < maxRuns);
            if (chunk <= 1 || runs >= maxRuns) {
                return kept;
            }
        }
    }

    /** Tries to delete each chunk, from the end: what comes late depends on what came before. */
    private <T> boolean deleteChunks(List<T> kept, int chunk, Predicate<List<T>> fails) {
        boolean deleted = false;
        for (int end = kept.size(); end > 0 && runs < maxRuns; end -= chunk) {
            int from = Math.max(0, end - chunk);
            List<T> rest = new ArrayList<>(kept.subList(0, from));
            rest.addAll(kept.subList(end, kept.size()));
            runs++;
            if (fails.test(rest)) {
                kept.subList(from, end).clear();
                deleted = true;
            }
        }
        return deleted;
    }
}
