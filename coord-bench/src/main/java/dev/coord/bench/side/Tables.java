package dev.coord.bench.side;

import dev.coord.bench.side.Bar.Verdict;
import dev.coord.bench.side.Stage.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Medians, as tables: one for each stage, with a row for each work and a column for each system. */
final class Tables {
    private final Results results;

    Tables(Results results) {
        this.results = results;
    }

    List<Table> all() {
        List<Table> tables = new ArrayList<>();
        for (Stage stage : Schedule.stages(false)) {
            List<Task> tasks = stage.tasks().stream().filter(this::isMeasured).toList();
            if (tasks.stream().anyMatch(Growing::isGrowing)) {
                tables.addAll(new Growing(results).tables(tasks));
            } else if (!tasks.isEmpty()) {
                tables.add(table(stage.name(), tasks));
            }
        }
        return tables;
    }

    private boolean isMeasured(Task task) {
        return task.who().stream().anyMatch(who -> results.cells().contains(new Results.Cell(who, task.work())));
    }

    private Table table(String name, List<Task> tasks) {
        List<Contestant> columns = tasks.stream()
                .flatMap(task -> task.who().stream())
                .distinct()
                .filter(who -> tasks.stream().anyMatch(task -> !cell(who, task).isEmpty()))
                .toList();
        List<List<String>> rows = tasks.stream()
                .map(task -> Stream.concat(
                                Stream.of(task.work()), columns.stream().map(who -> cell(who, task)))
                        .toList())
                .toList();
        return new Table(
                Stream.concat(Stream.of(name), columns.stream().map(Contestant::title))
                        .toList(),
                rows);
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

    /** Returns the bars and what became of them. */
    static Table bars(List<Verdict> verdicts) {
        return new Table(
                List.of("bar", "measured", "asked for", "to the best of the others", ""),
                verdicts.stream().map(Tables::row).toList());
    }

    private static List<String> row(Verdict verdict) {
        return List.of(
                verdict.bar().title(),
                verdict.text(verdict.value()),
                (verdict.bar().isCeiling() ? "at most " : "at least ") + verdict.text(verdict.bound()),
                verdict.ratio().stream()
                        .mapToObj(Figure.TIMES::text)
                        .findFirst()
                        .orElse(""),
                verdict.outcome().toString());
    }
}
