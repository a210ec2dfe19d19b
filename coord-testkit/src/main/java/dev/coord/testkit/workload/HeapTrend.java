package dev.coord.testkit.workload;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Whether a long run keeps more and more: what the heap holds when no cluster runs, sampled again and again. */
final class HeapTrend {
    /** What is loaded and cached at first is no trend. */
    private static final double WARM_UP = 0.25;

    private final List<Long> samples = new ArrayList<>();

    void sample() {
        System.gc();
        add(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }

    void add(long bytes) {
        samples.add(bytes);
    }

    /** By how much of its mean the heap grew from the end of the warm-up to the end, along the line of least squares. */
    double growthPercent() {
        List<Long> seen = samples.subList((int) (samples.size() * WARM_UP), samples.size());
        int n = seen.size();
        if (n < 3) {
            return 0;
        }
        double mean = seen.stream().mapToLong(Long::longValue).average().orElseThrow();
        double middle = (n - 1) / 2.0;
        double covariance = 0;
        double variance = 0;
        for (int i = 0; i < n; i++) {
            covariance += (i - middle) * (seen.get(i) - mean);
            variance += (i - middle) * (i - middle);
        }
        return covariance / variance * (n - 1) / mean * 100;
    }
}
