package dev.coord.testkit.history;

import java.util.function.IntToLongFunction;

/** Finds a place in what is sorted. */
final class LowerBound {
    private LowerBound() {}

    /** The index of the first that is no less than a value; the size if there is none. */
    static int of(int size, IntToLongFunction sorted, long value) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted.applyAsLong(middle) < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
