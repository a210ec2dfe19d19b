package dev.coord.recipes.detector;

import java.time.Duration;
import java.util.Arrays;

/**
 * How often lengths of time occurred, in buckets that grow with the length: eight for each power of two nanoseconds, so a
 * quantile is at most an eighth too long and never too short. Takes 4 KiB, however many were counted. Immutable.
 */
public final class Distribution {
    private static final int SUB_BITS = 3;
    private static final int SUBS = 1 << SUB_BITS;
    private static final int BUCKETS = (Long.SIZE - SUB_BITS) * SUBS;

    static final Distribution EMPTY = new Distribution(new long[BUCKETS], 0, 0, Long.MAX_VALUE, 0);

    private final long[] counts;
    private final long count;
    private final double sum;
    private final long min;
    private final long max;

    private Distribution(long[] counts, long count, double sum, long min, long max) {
        this.counts = counts;
        this.count = count;
        this.sum = sum;
        this.min = min;
        this.max = max;
    }

    /** The same and one more, in nanoseconds; a negative one counts as zero. */
    Distribution plus(long nanos) {
        long value = Math.max(0, nanos);
        long[] more = counts.clone();
        more[bucket(value)]++;
        return new Distribution(more, count + 1, sum + value, Math.min(min, value), Math.max(max, value));
    }

    /**
     * Returns how many were counted.
     *
     * @return zero or more
     */
    public long count() {
        return count;
    }

    /**
     * Returns the mean.
     *
     * @return the mean, zero if nothing was counted
     */
    public Duration mean() {
        return count == 0 ? Duration.ZERO : Duration.ofNanos((long) (sum / count));
    }

    /**
     * Returns the shortest.
     *
     * @return the least, exactly; zero if nothing was counted
     */
    public Duration min() {
        return count == 0 ? Duration.ZERO : Duration.ofNanos(min);
    }

    /**
     * Returns the longest.
     *
     * @return the greatest, exactly; zero if nothing was counted
     */
    public Duration max() {
        return Duration.ofNanos(max);
    }

    /**
     * Returns a length that the given share of those counted does not exceed.
     *
     * @param share 0 to 1: 0.5 for the median
     * @return the length; zero if nothing was counted
     * @throws IllegalArgumentException if the share is out of bounds
     */
    public Duration quantile(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("a quantile is asked for by a share of 0 to 1, but this is " + share);
        }
        long rank = Math.max(1, (long) Math.ceil(share * count));
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += counts[i];
            if (seen >= rank) {
                return Duration.ofNanos(Math.min(max, Math.max(min, lastOf(i))));
            }
        }
        return Duration.ZERO;
    }

    private static int bucket(long value) {
        if (value < SUBS) {
            return (int) value;
        }
        int octave = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
        int sub = (int) (value >>> (octave - SUB_BITS)) & (SUBS - 1);
        return (octave - SUB_BITS + 1) * SUBS + sub;
    }

    /** The longest that falls into a bucket. */
    private static long lastOf(int bucket) {
        if (bucket < SUBS) {
            return bucket;
        }
        int octave = bucket / SUBS + SUB_BITS - 1;
        long width = 1L << (octave - SUB_BITS);
        return (1L << octave) + (bucket % SUBS + 1) * width - 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Distribution that
                && count == that.count
                && sum == that.sum
                && min == that.min
                && max == that.max
                && Arrays.equals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return "Distribution(" + count + ": p50 " + quantile(0.5) + ", p99 " + quantile(0.99) + ", max " + max() + ")";
    }
}
