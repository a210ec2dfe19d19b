package dev.coord.bench.side;

import dev.coord.bench.side.Stage.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Medians as a table for each stage: a row for each work, a column for each system. */
final class Tables {
    private final Results results;

    Tables(Results results) {
        this.results = results;
    }

    /** Returns lines of text, what matters most of each cell. */
    List<String> asText() {
        return rows().map(row -> row.stream()
                        .map(cell -> String.format(Locale.ROOT, "%-22s", cell))
                        .collect(Collectors.joining(" ")))
                .toList();
    }

    /** Returns lines of Markdown. */
    List<String> asMarkdown() {
        return rows().map(row -> row.isEmpty() ? "" : "| " + String.join(" | ", row) + " |")
                .toList();
    }

    private Stream<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (Stage stage : Schedule.stages()) {
            List<Task> tasks = stage.tasks().stream().filter(this::isMeasured).toList();
            if (!tasks.isEmpty()) {
                addTable(rows, stage, tasks);
            }
        }
        return rows.stream();
    }

    private boolean isMeasured(Task task) {
        return results.cells().stream().anyMatch(cell -> cell.work().equals(task.work()));
    }

    private boolean isMeasured(Contestant who, List<Task> tasks) {
        return tasks.stream().anyMatch(task -> results.cells().contains(new Results.Cell(who, task.work())));
    }

    private void addTable(List<List<String>> rows, Stage stage, List<Task> tasks) {
        List<Contestant> columns = tasks.stream()
                .flatMap(task -> task.who().stream())
                .distinct()
                .filter(who -> isMeasured(who, tasks))
                .toList();
        rows.add(List.of());
        rows.add(Stream.concat(Stream.of(stage.name()), columns.stream().map(Contestant::title))
                .toList());
        rows.add(Stream.concat(Stream.of("---"), columns.stream().map(column -> "---"))
                .toList());
        for (Task task : tasks) {
            rows.add(Stream.concat(Stream.of(task.work()), columns.stream().map(column -> cell(column, task)))
                    .toList());
        }
    }

    private String cell(Contestant who, Task task) {
        return task.shown().stream()
                .filter(figure -> figure != Figure.TAIL)
                .map(figure -> results.median(who, task.work(), figure).stream()
                        .mapToObj(figure::text)
                        .findFirst()
                        .orElse(null))
                .filter(Objects::nonNull)
                .collect(Collectors.joining(" · "));
    }
}
