package dev.coord.raft.internal.client;

import static java.util.Objects.requireNonNull;

import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long something took, many times: counted in buckets no wider than a sixteenth of what they hold, so quantiles err by 7
 * percent at most. To record costs two additions; whoever reads does the rest. Safe for use by any thread.
 */
public final class Latencies {
    private static final int SUB_BITS = 4;
    private static final int SUB_BUCKETS = 1 << SUB_BITS;

    /** Longer ones, of a quarter of an hour and more, count as that. */
    private static final int MAX_BITS = 40;

    private static final int BUCKETS = (MAX_BITS - SUB_BITS + 1) * SUB_BUCKETS;

    /** Quantiles are of the last such time, up to twice it. */
    private static final Duration WINDOW = Duration.ofSeconds(30);

    private final Ticker ticker;
    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);
    private final LongAdder totalNanos = new LongAdder();
    private final AtomicReference<Span> span;

    Latencies(Ticker ticker) {
        this.ticker = ticker;
        Reading nothing = new Reading(ticker.nanos(), new long[BUCKETS]);
        span = new AtomicReference<>(new Span(nothing, nothing));
    }

    /** What the buckets held at a moment. */
    private static final class Reading {
        final long nanos;
        final long[] counts;

        Reading(long nanos, long[] counts) {
            this.nanos = nanos;
            this.counts = counts;
        }
    }

    /** Readings at least a window apart; quantiles are of what came after the older. */
    private record Span(Reading older, Reading newer) {}

    void record(long nanos) {
        counts.getAndIncrement(bucket(nanos));
        totalNanos.add(nanos);
    }

    private static int bucket(long nanos) {
        long value = Math.max(0, Math.min(nanos, (1L << MAX_BITS) - 1));
        int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(value) - SUB_BITS - 1);
        return (shift << SUB_BITS) + (int) (value >>> shift);
    }

    /** The middle of a bucket. */
    private static double middle(int bucket) {
        int shift = Math.max(0, (bucket >>> SUB_BITS) - 1);
        long first = (long) (bucket - (shift << SUB_BITS)) << shift;
        return first + ((1L << shift) - 1) / 2.0;
    }

    /** How many were recorded. */
    public long count() {
        long sum = 0;
        for (int i = 0; i < BUCKETS; i++) {
            sum += counts.get(i);
        }
        return sum;
    }

    /** How long they took together. */
    public long totalNanos() {
        return totalNanos.sum();
    }

    /**
     * The time in nanoseconds within which so great a part of them was done, of the last minute about if it is asked for at
     * least so often; not a number if there were none.
     */
    public double quantileNanos(double part) {
        long[] recent = recent();
        long sum = 0;
        for (long count : recent) {
            sum += count;
        }
        if (sum == 0) {
            return Double.NaN;
        }
        long rank = Math.max(1, (long) Math.ceil(part * sum));
        int bucket = -1;
        while (rank > 0) {
            rank -= recent[++bucket];
        }
        return middle(bucket);
    }

    private long[] recent() {
        Reading now = read();
        Span known = requireNonNull(span.get());
        if (now.nanos - known.newer().nanos >= WINDOW.toNanos()) {
            // Whoever loses the race reads a window that is as good.
            span.compareAndSet(known, new Span(known.newer(), now));
        }
        long[] recent = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            recent[i] = now.counts[i] - known.older().counts[i];
        }
        return recent;
    }

    private Reading read() {
        long[] copy = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            copy[i] = counts.get(i);
        }
        return new Reading(ticker.nanos(), copy);
    }
}
