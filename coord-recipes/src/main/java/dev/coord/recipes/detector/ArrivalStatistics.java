package dev.coord.recipes.detector;

import java.time.Duration;

/**
 * Counts numbered arrivals. From one arrival to the next, the time less the interval between the two sendings is the
 * difference of two delays, whose variance is twice that of one delay; neither the clocks' offset nor their drift shows in it.
 * The variance is Welford's (1962), which sums up no squares. Not safe for use by several threads.
 */
final class ArrivalStatistics {
    private final long interval;
    private long received;
    private long lost;
    private long lastNumber;
    private long lastAt;
    private long differences;
    private double mean;
    private double squares;

    ArrivalStatistics(long intervalNanos) {
        interval = intervalNanos;
    }

    /** Begins anew with an arrival: the gap before it says nothing. */
    void resume(long number, long at) {
        received++;
        lastNumber = number;
        lastAt = at;
    }

    /** Counts an arrival with a greater number than the last. */
    void arrived(long number, long at) {
        long steps = number - lastNumber;
        lost += steps - 1;
        add((at - lastAt) - steps * (double) interval);
        resume(number, at);
    }

    private void add(double difference) {
        differences++;
        double fromOld = difference - mean;
        mean += fromOld / differences;
        squares += fromOld * (difference - mean);
    }

    ArrivalObservation observation() {
        double variance = differences < 2 ? 0 : squares / (differences - 1) / 2;
        long deviation = (long) Math.min(Math.sqrt(variance), IntervalWindow.MAX_INTERVAL);
        return new ArrivalObservation(received, lost, Duration.ofNanos(deviation));
    }
}
