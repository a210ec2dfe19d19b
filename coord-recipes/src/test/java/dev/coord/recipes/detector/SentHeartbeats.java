package dev.coord.recipes.detector;

import java.util.Random;
import java.util.function.DoubleSupplier;

/** Heartbeats of a process on a simulated line: when they arrive, in nanoseconds, out of order as they may. */
final class SentHeartbeats {
    private final long[] arrivals;
    private final long interval;

    private SentHeartbeats(long[] arrivals, long interval) {
        this.arrivals = arrivals;
        this.interval = interval;
    }

    static final long LOST = Long.MAX_VALUE;

    /** Number i is sent at i intervals. */
    static SentHeartbeats simulate(Random random, int count, long interval, double loss, DoubleSupplier delay) {
        long[] arrivals = new long[count];
        for (int i = 0; i < count; i++) {
            arrivals[i] = random.nextDouble() < loss ? LOST : i * interval + (long) delay.getAsDouble();
        }
        return new SentHeartbeats(arrivals, interval);
    }

    long interval() {
        return interval;
    }

    int count() {
        return arrivals.length;
    }

    /** When number i arrives, or {@link #LOST}. */
    long arrival(int i) {
        return arrivals[i];
    }

    /** What a receiver counts that drops those overtaken by a later one, as the service does. */
    ArrivalObservation observe() {
        ArrivalStatistics statistics = new ArrivalStatistics(interval);
        int[] order = order();
        int last = -1;
        for (int i : order) {
            if (last < 0) {
                statistics.resume(i, arrivals[i]);
                last = i;
            } else if (i > last) {
                statistics.arrived(i, arrivals[i]);
                last = i;
            }
        }
        return statistics.observation();
    }

    /** Numbers of those that arrive, in the order of arrival. */
    int[] order() {
        return java.util.stream.IntStream.range(0, arrivals.length)
                .filter(i -> arrivals[i] != LOST)
                .boxed()
                .sorted(java.util.Comparator.comparingLong(i -> arrivals[i]))
                .mapToInt(i -> i)
                .toArray();
    }

    /** The quality of a detector of this line, which looks before each arrival. The process never crashes. */
    QualityReport judge(DetectorConfig config) {
        FailureDetector detector = config.newDetector();
        DetectorQuality quality = DetectorQuality.none();
        int last = -1;
        long now = 0;
        for (int i : order()) {
            if (i < last) {
                continue;
            }
            last = i;
            now = arrivals[i];
            if (detector.isSuspected(now)) {
                quality = quality.suspected(now - 1);
            }
            detector.heartbeat(now);
            quality = quality.trusted(now);
        }
        return quality.report(now);
    }
}
