package dev.coord.testkit.workload;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a {@link Simulation} came to.
 *
 * @param workload the workload's name
 * @param from the first seed
 * @param seeds how many seeds were run
 * @param steps what happened in all clusters together: messages, timers, entries
 * @param virtualTime the simulated time of all clusters together
 * @param digest of the traces of all seeds: equal on any machine, if the seeds and the code are
 * @param faults the faults by kind
 * @param counts what the scenarios say was done, by name
 * @param violations the failures in full, with what replays them; only the first few are searched for
 */
public record Report(
        String workload,
        long from,
        long seeds,
        long steps,
        Duration virtualTime,
        String digest,
        Map<String, Long> faults,
        Map<String, Long> counts,
        List<String> violations) {
    private static final double YEAR_SECONDS = 365.25 * 86_400;

    /** Copies what is given. */
    public Report {
        faults = Map.copyOf(faults);
        counts = Map.copyOf(counts);
        violations = List.copyOf(violations);
    }

    /**
     * Returns the simulated time in years.
     *
     * @return years of 365.25 days
     */
    public double virtualYears() {
        return virtualTime.toMillis() / 1000.0 / YEAR_SECONDS;
    }

    /**
     * Fails if a promise was broken.
     *
     * @throws AssertionError with all violations, and how to replay them
     */
    public void assertNoViolation() {
        if (!violations.isEmpty()) {
            throw new AssertionError(String.join("\n\n", violations));
        }
    }

    /**
     * Returns the report as one JSON object.
     *
     * @return one line
     */
    public String toJson() {
        StringBuilder json = new StringBuilder("{\"workload\":\"")
                .append(workload)
                .append("\",\"from\":")
                .append(from)
                .append(",\"seeds\":")
                .append(seeds)
                .append(",\"steps\":")
                .append(steps)
                .append(",\"virtualYears\":")
                .append(Math.round(virtualYears() * 1000) / 1000.0)
                .append(",\"violations\":")
                .append(violations.size())
                .append(",\"digest\":\"")
                .append(digest)
                .append("\",\"faults\":");
        appendObject(json, faults);
        appendObject(json.append(",\"counts\":"), counts);
        return json.append('}').toString();
    }

    private static void appendObject(StringBuilder json, Map<String, Long> numbers) {
        String separator = "{";
        for (Map.Entry<String, Long> each : new TreeMap<>(numbers).entrySet()) {
            json.append(separator)
                    .append('"')
                    .append(each.getKey())
                    .append("\":")
                    .append(each.getValue());
            separator = ",";
        }
        json.append(numbers.isEmpty() ? "{}" : "}");
    }
}
