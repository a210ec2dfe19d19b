package dev.coord.bench.micro;

import dev.coord.bench.micro.Ceiling.Outcome;
import dev.coord.bench.side.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** What was measured, for people and for programs. */
final class MicroReport {
    private final Map<Operation, Measured> measured = new LinkedHashMap<>();
    private final Map<String, Measured> byTitle = new LinkedHashMap<>();
    private final List<String> failed = new ArrayList<>();

    void note(Operation operation, Measured figures) {
        measured.put(operation, figures);
        byTitle.put(operation.title(), figures);
    }

    void noteFailed(Operation operation) {
        failed.add(operation.title());
    }

    /** Returns whether something was measured, nothing failed, and no ceiling was missed. */
    boolean passed() {
        return !measured.isEmpty() && failed.isEmpty() && titles(Outcome.MISSED).isEmpty();
    }

    /** Tells whether a run is to end well: a quick one is too short for a bar to tell anything. */
    boolean passed(boolean quick) {
        return quick ? !measured.isEmpty() && failed.isEmpty() : passed();
    }

    Table operations() {
        List<List<String>> rows = new ArrayList<>();
        measured.forEach((operation, figures) -> rows.add(List.of(
                operation.name(),
                operation.size(),
                number(figures.nanos()),
                number(figures.error()),
                number(figures.bytes()),
                growth(operation, figures))));
        return new Table(List.of("operation", "of", "ns/op", "±", "B/op", "to the first size"), rows);
    }

    /** The time as a multiple of that with the first size of the same operation. */
    private String growth(Operation operation, Measured figures) {
        Operation first = measured.keySet().stream()
                .filter(other -> other.benchmark().equals(operation.benchmark()))
                .findFirst()
                .orElse(operation);
        Measured least = measured.getOrDefault(first, figures);
        return first.equals(operation) ? "" : String.format(Locale.ROOT, "%.1f times", figures.nanos() / least.nanos());
    }

    Table ceilings() {
        List<List<String>> rows = new ArrayList<>();
        for (Ceiling ceiling : Ceiling.ALL) {
            OptionalDouble value = ceiling.value(byTitle);
            rows.add(List.of(
                    ceiling.title(),
                    number(value.orElse(Double.NaN)),
                    number(ceiling.bound()),
                    ceiling.judge(byTitle).toString()));
        }
        return new Table(List.of("bar", "measured", "at most", ""), rows);
    }

    private static String number(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%,.1f", value) : "?";
    }

    /** Returns the line for programs, without its first word. */
    String json(boolean quick) {
        String operations = byTitle.entrySet().stream()
                .map(entry -> quoted(entry.getKey()) + ":" + json(entry.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
        return "{\"work\":\"micro\",\"quick\":" + quick + ",\"operations\":" + operations + ",\"failed\":"
                + list(failed)
                + ",\"missed\":" + list(titles(Outcome.MISSED)) + ",\"notMeasured\":"
                + list(titles(Outcome.NOT_MEASURED)) + ",\"passed\":" + passed(quick) + "}";
    }

    private static String json(Measured figures) {
        return "{\"nanos\":" + jsonNumber(figures.nanos()) + ",\"error\":" + jsonNumber(figures.error()) + ",\"bytes\":"
                + jsonNumber(figures.bytes()) + "}";
    }

    private static String jsonNumber(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "null";
    }

    private List<String> titles(Outcome outcome) {
        return Ceiling.ALL.stream()
                .filter(ceiling -> ceiling.judge(byTitle) == outcome)
                .map(Ceiling::title)
                .toList();
    }

    private static String list(List<String> texts) {
        return texts.stream().map(MicroReport::quoted).collect(Collectors.joining(",", "[", "]"));
    }

    /** All titles are plain. */
    private static String quoted(String text) {
        return '"' + text + '"';
    }
}
