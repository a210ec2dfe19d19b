package dev.coord.recipes.detector;

/**
 * The last samples of a length of time, in nanoseconds. Their sum is an exact integer and their deviation is computed from the samples each
 * time, so no error builds up however many have passed; adding one takes a step, the deviation a step for each kept. Not safe
 * for use by several threads.
 */
final class IntervalWindow {
    /** The longest interval that is kept; a longer one counts as this long, so that the sum cannot overflow. */
    static final long MAX_INTERVAL = 86_400_000_000_000L;

    private final long[] intervals;
    private int size;
    private int next;
    private long sum;

    IntervalWindow(int capacity) {
        intervals = new long[capacity];
    }

    void add(long interval) {
        long kept = Math.min(interval, MAX_INTERVAL);
        sum += kept - intervals[next];
        intervals[next] = kept;
        next = next + 1 == intervals.length ? 0 : next + 1;
        size = Math.min(size + 1, intervals.length);
    }

    void clear() {
        for (int i = 0; i < size; i++) {
            intervals[i] = 0;
        }
        size = 0;
        next = 0;
        sum = 0;
    }

    int size() {
        return size;
    }

    double mean() {
        return (double) sum / size;
    }

    /** The standard deviation of those kept, as of a whole population. */
    double deviation() {
        double mean = mean();
        double squares = 0;
        for (int i = 0; i < size; i++) {
            double distance = intervals[i] - mean;
            squares += distance * distance;
        }
        return Math.sqrt(squares / size);
    }
}
