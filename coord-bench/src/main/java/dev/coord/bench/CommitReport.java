package dev.coord.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What was measured, as lines while it goes on, and in the end as a table, ratios and a line for programs. */
final class CommitReport {
    private static final double MOST_LATENCY = 1.5;
    private static final double LEAST_THROUGHPUT = 1;
    private static final int ALONE = 1;

    private final PrintStream out;
    private final String databases;
    private final Map<String, List<Load.Figures>> measured = new LinkedHashMap<>();
    private final Map<Integer, List<Double>> inside = new LinkedHashMap<>();

    CommitReport(PrintStream out, String databases) {
        this.out = out;
        this.databases = databases;
    }

    void say(String line) {
        out.println(line);
    }

    private void say(String format, Object... arguments) {
        out.printf(Locale.ROOT, format + "%n", arguments);
    }

    void forget() {
        measured.clear();
    }

    void note(CommitContender who, int participants, int inFlight, Load.Figures figures) {
        measured.computeIfAbsent(CommitBench.cell(who, participants, inFlight), name -> new ArrayList<>())
                .add(figures);
        line(who, participants, inFlight, figures.perSecond(), figures.p50Micros(), figures.p99Micros());
    }

    void inside(int participants, List<Double> medians) {
        inside.put(participants, medians);
    }

    private void line(
            CommitContender who, int participants, int inFlight, double perSecond, double p50Micros, double p99Micros) {
        say(
                "  %-28s %12d %9d %,12.0f %10.2f %10.2f",
                who.title, participants, inFlight, perSecond, p50Micros / 1000, p99Micros / 1000);
    }

    /** Prints all and returns whether the bars are met. */
    boolean conclude(boolean exact) {
        table();
        boolean passed = exact;
        StringBuilder ratios = new StringBuilder();
        for (int participants : CommitBench.PARTICIPANTS) {
            double latency = latencyRatio(CommitContender.COORD, CommitContender.others(), participants);
            double throughput = throughputRatio(CommitContender.COORD, CommitContender.others(), participants);
            double asTheyCome = throughputRatio(CommitContender.COORD, CommitContender.asTheyCome(), participants);
            passed &= latency <= MOST_LATENCY && asTheyCome > LEAST_THROUGHPUT;
            ratios.append(String.format(
                    Locale.ROOT,
                    "\"latencyRatio.%d\":%.3f,\"throughputRatio.%d\":%.3f,\"throughputRatioAsTheyCome.%d\":%.3f,",
                    participants,
                    latency,
                    participants,
                    throughput,
                    participants,
                    asTheyCome));
        }
        say(
                "asked for: p50 alone at most %.1f of the better of the others, commits/s with %d in flight more than %.0f of the better as they come",
                MOST_LATENCY, CommitBench.MOST_IN_FLIGHT, LEAST_THROUGHPUT);
        say("what was acknowledged is in the databases, and nothing is in doubt: %s", exact ? "yes" : "NO");
        say(
                "RESULT {\"work\":\"commit\",\"databases\":\"%s\",%s%s%s\"exact\":%b,\"passed\":%b}",
                databases, cellsAsJson(), insideAsJson(), ratios, exact, passed);
        return passed;
    }

    private void table() {
        say("");
        say(
                "medians of the rounds on %s; the latency is that of the commit alone, the rate that of whole transactions",
                databases);
        say("  %-28s %12s %9s %12s %10s %10s", "", "participants", "in flight", "commits/s", "p50 ms", "p99 ms");
        for (int participants : CommitBench.PARTICIPANTS) {
            for (int inFlight : CommitBench.IN_FLIGHT) {
                for (CommitContender who : CommitContender.values()) {
                    String cell = CommitBench.cell(who, participants, inFlight);
                    line(
                            who,
                            participants,
                            inFlight,
                            median(cell, Load.Figures::perSecond),
                            median(cell, Load.Figures::p50Micros),
                            median(cell, Load.Figures::p99Micros));
                }
            }
        }
        inside.forEach((participants, medians) -> say(
                "one commit of Coord's, %d participants, medians in ms: %s",
                participants,
                IntStream.range(0, medians.size())
                        .mapToObj(i -> String.format(Locale.ROOT, "%s %.2f", CommitPhases.NAMES.get(i), medians.get(i)))
                        .collect(Collectors.joining(", "))));
        for (int participants : CommitBench.PARTICIPANTS) {
            compare("the better of the others", CommitContender.others(), participants);
            compare("the better as they come", CommitContender.asTheyCome(), participants);
        }
    }

    private void compare(String title, List<CommitContender> others, int participants) {
        say(
                "%d participants, Coord to %s: p50 alone %.2f (at a follower %.2f), commits/s with %d in flight %.2f (at a follower %.2f)",
                participants,
                title,
                latencyRatio(CommitContender.COORD, others, participants),
                latencyRatio(CommitContender.COORD_FOLLOWER, others, participants),
                CommitBench.MOST_IN_FLIGHT,
                throughputRatio(CommitContender.COORD, others, participants),
                throughputRatio(CommitContender.COORD_FOLLOWER, others, participants));
    }

    private double latencyRatio(CommitContender coord, List<CommitContender> others, int participants) {
        return median(CommitBench.cell(coord, participants, ALONE), Load.Figures::p50Micros)
                / others.stream()
                        .mapToDouble(who -> median(CommitBench.cell(who, participants, ALONE), Load.Figures::p50Micros))
                        .min()
                        .orElseThrow();
    }

    private double throughputRatio(CommitContender coord, List<CommitContender> others, int participants) {
        return median(CommitBench.cell(coord, participants, CommitBench.MOST_IN_FLIGHT), Load.Figures::perSecond)
                / others.stream()
                        .mapToDouble(who -> median(
                                CommitBench.cell(who, participants, CommitBench.MOST_IN_FLIGHT),
                                Load.Figures::perSecond))
                        .max()
                        .orElseThrow();
    }

    private double median(String cell, ToDoubleFunction<Load.Figures> figure) {
        return Load.median(measured.getOrDefault(cell, List.of()), figure).orElseThrow();
    }

    private String cellsAsJson() {
        return measured.keySet().stream()
                .map(cell -> String.format(
                        Locale.ROOT,
                        "\"%s\":{\"perSecond\":%.1f,\"p50Millis\":%.3f,\"p99Millis\":%.3f},",
                        cell,
                        median(cell, Load.Figures::perSecond),
                        median(cell, Load.Figures::p50Micros) / 1000,
                        median(cell, Load.Figures::p99Micros) / 1000))
                .collect(Collectors.joining());
    }

    private String insideAsJson() {
        StringBuilder json = new StringBuilder();
        inside.forEach((participants, medians) -> IntStream.range(0, medians.size())
                .forEach(i -> json.append(String.format(
                        Locale.ROOT,
                        "\"inside.%d.%s\":%.3f,",
                        participants,
                        CommitPhases.NAMES.get(i),
                        medians.get(i)))));
        return json.toString();
    }
}
