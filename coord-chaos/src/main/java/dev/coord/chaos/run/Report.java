package dev.coord.chaos.run;

import dev.coord.chaos.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * What a run has shown. Immutable.
 *
 * @param settings of the run
 * @param commit of the sources
 * @param seconds that the load ran
 * @param operations that were recorded by the load itself
 * @param counts of what was done
 * @param events the faults
 * @param notRun the kinds that this machine cannot do, and why
 * @param longestGapMillis the longest time without a write that succeeded
 * @param stalledMillis how long the driver itself did not run
 * @param lateLeaseMillis the longest time that a key outlived its lease
 * @param usage what each peer takes, and how that grows; empty unless it was looked at
 * @param findings what is wrong
 * @param troubles lines of the peers' logs that tell of errors
 */
record Report(
        Settings settings,
        String commit,
        double seconds,
        long operations,
        Map<String, Long> counts,
        List<Event> events,
        Map<String, String> notRun,
        long longestGapMillis,
        long stalledMillis,
        long lateLeaseMillis,
        Map<String, Object> usage,
        Findings findings,
        List<String> troubles) {

    boolean isRight() {
        return findings.count() == 0;
    }

    long proven() {
        return events.stream().filter(event -> event.proof().happened()).count();
    }

    /** The gaps that came of the loss of a leader, while the driver could see them. */
    long[] failovers() {
        return events.stream()
                .filter(event -> event.leading() && !event.stalled() && takesLeader(event.kind()))
                .mapToLong(Event::gapMillis)
                .sorted()
                .toArray();
    }

    private static boolean takesLeader(String kind) {
        return kind.startsWith("kill") || kind.equals("pause") || kind.startsWith("partition-leader");
    }

    long failover(double quantile) {
        long[] gaps = failovers();
        return gaps.length == 0 ? -1 : gaps[(int) Math.min(gaps.length - 1, Math.floor(quantile * gaps.length))];
    }

    /** A finding if writes stood still for too long whenever a leader was lost. */
    void checkFailover() {
        long limit = settings.failoverLimit().toMillis();
        long took = failover(0.99);
        if (took > limit) {
            findings.add("failover takes " + took + " ms by the 99th percentile of " + failovers().length
                    + "; allowed are " + limit + " ms, two of the longest election timeouts");
        }
    }

    private Map<String, Object> kinds() {
        Map<String, Object> kinds = new TreeMap<>();
        for (Event event : events) {
            kinds.computeIfAbsent(event.kind(), this::kind);
        }
        return kinds;
    }

    private Map<String, Object> kind(String kind) {
        List<Event> own =
                events.stream().filter(event -> event.kind().equals(kind)).toList();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("injected", own.size());
        figures.put(
                "proven", own.stream().filter(event -> event.proof().happened()).count());
        figures.put("ofLeader", own.stream().filter(Event::leading).count());
        figures.put("longestGapMs", gaps(own).max().orElse(-1));
        return figures;
    }

    private static LongStream gaps(List<Event> events) {
        return events.stream().mapToLong(Event::gapMillis);
    }

    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("verdict", isRight() ? "right" : "wrong");
        figures.put("seed", settings.seed());
        figures.put("commit", commit);
        figures.put("peers", settings.peers());
        figures.put("seconds", Math.round(seconds));
        figures.put("operations", operations);
        figures.put("operationsPerSecond", Math.round(operations / Math.max(1, seconds)));
        figures.put("faultsProven", proven());
        figures.put("faults", kinds());
        figures.put("notRun", notRun);
        figures.put("failoverP50Ms", failover(0.5));
        figures.put("failoverP99Ms", failover(0.99));
        figures.put("failovers", failovers().length);
        figures.put("longestGapMs", longestGapMillis);
        figures.put("driverStalledMs", stalledMillis);
        figures.put("latestLeaseMs", lateLeaseMillis);
        if (!usage.isEmpty()) {
            figures.put("usage", usage);
        }
        figures.put("counts", counts);
        figures.put("troubles", troubles.size());
        figures.put("violations", findings.count());
        figures.put(
                "findings",
                findings.all().stream()
                        .map(text -> text.lines().findFirst().orElse(""))
                        .toList());
        return figures;
    }

    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Map<String, Object> all = figures();
        all.put("events", events.stream().map(Report::figures).toList());
        Files.writeString(directory.resolve("report.json"), JsonText.of(all) + "\n");
        Files.writeString(directory.resolve("report.md"), new ReportText(this).text());
    }

    private static Map<String, Object> figures(Event event) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("kind", event.kind());
        figures.put("target", event.target());
        figures.put("leading", event.leading());
        figures.put("atMs", event.atMillis());
        figures.put("lastedMs", event.lastedMillis());
        figures.put("gapMs", event.gapMillis());
        figures.put("wholeMs", event.wholeMillis());
        figures.put("stalled", event.stalled());
        figures.put("proven", event.proof().happened());
        figures.put("evidence", event.proof().evidence());
        return figures;
    }
}
