package dev.coord.testkit.workload;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Adds outcomes up. Used by several threads. */
final class Tally {
    private final String workload;
    private final long from;
    private final Map<String, Long> faults = new TreeMap<>();
    private final Map<String, Long> counts = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();
    private long seeds;
    private long steps;
    private long digest;
    private Duration virtualTime = Duration.ZERO;

    Tally(String workload, long from) {
        this.workload = workload;
        this.from = from;
    }

    synchronized void add(Outcome outcome) {
        seeds++;
        steps += outcome.clusterSteps();
        // A sum, as threads end their seeds in any order.
        digest += outcome.digest() * (2 * outcome.seed() + 1);
        virtualTime = virtualTime.plusNanos(outcome.virtualNanos());
        outcome.faults().forEach((kind, count) -> faults.merge(kind, count, Long::sum));
        outcome.counts().forEach((what, count) -> counts.merge(what, count, Long::sum));
    }

    synchronized void violated(String description) {
        violations.add(description);
    }

    synchronized int violations() {
        return violations.size();
    }

    synchronized String line(long of) {
        Report report = report();
        return String.format(
                Locale.ROOT,
                "%,d of %,d seeds, %,d steps, %.2f virtual years, %d violations",
                seeds,
                of,
                steps,
                report.virtualYears(),
                violations.size());
    }

    synchronized Report report() {
        return new Report(
                workload,
                from,
                seeds,
                steps,
                virtualTime,
                HexFormat.of().toHexDigits(digest),
                faults,
                counts,
                violations);
    }
}
