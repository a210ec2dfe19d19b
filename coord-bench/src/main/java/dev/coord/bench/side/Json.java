package dev.coord.bench.side;

import dev.coord.bench.side.Bar.Outcome;
import dev.coord.bench.side.Bar.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The line for programs. */
final class Json {
    private Json() {}

    static String of(Results results, List<Verdict> verdicts, boolean passed) {
        String cells = results.cells().stream().map(cell -> cell(results, cell)).collect(Collectors.joining(","));
        return "{\"work\":\"sides\",\"cells\":{" + cells + "},\"missed\":" + titles(verdicts, Outcome.MISSED)
                + ",\"notMeasured\":" + titles(verdicts, Outcome.NOT_MEASURED) + ",\"passed\":" + passed + "}";
    }

    private static String cell(Results results, Results.Cell cell) {
        return String.format(
                Locale.ROOT,
                "\"%s %s\":{\"perSecond\":%.1f,\"p50Millis\":%.4f,\"p99Millis\":%.4f,\"spread\":%.2f}",
                cell.who(),
                cell.work(),
                results.median(cell.who(), cell.work(), Figure.RATE).orElseThrow(),
                results.median(cell.who(), cell.work(), Figure.LATENCY).orElseThrow(),
                results.median(cell.who(), cell.work(), Figure.TAIL).orElseThrow(),
                results.spread(cell.who(), cell.work(), Figure.RATE));
    }

    private static String titles(List<Verdict> verdicts, Outcome outcome) {
        return verdicts.stream()
                .filter(verdict -> verdict.outcome() == outcome)
                .map(verdict -> "\"" + verdict.bar().title() + "\"")
                .collect(Collectors.joining(",", "[", "]"));
    }
}
