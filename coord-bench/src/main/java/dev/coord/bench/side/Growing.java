package dev.coord.bench.side;

import dev.coord.bench.side.Stage.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** A table of what an operation costs when there are more and more of something, with the cost at most as a multiple of that at least. */
final class Growing {
    private static final Contestant WHO = Contestant.COORD;

    private final Results results;

    Growing(Results results) {
        this.results = results;
    }

    /** Returns the name of an operation's work when there are so many of something. */
    static String at(String work, String things, int count) {
        return work + "@" + count + "-" + things;
    }

    static boolean isGrowing(Task task) {
        return task.work().contains("@");
    }

    /** Returns a table for each kind of thing. */
    List<Table> tables(List<Task> tasks) {
        List<Table> tables = new ArrayList<>();
        byThings(tasks).forEach((things, operations) -> {
            List<Integer> counts = operations.values().stream()
                    .flatMap(byCount -> byCount.keySet().stream())
                    .distinct()
                    .sorted()
                    .toList();
            List<List<String>> rows = new ArrayList<>();
            operations.forEach((operation, byCount) -> rows.add(row(operation, counts, byCount)));
            tables.add(new Table(header(things, counts), rows));
        });
        return tables;
    }

    /** What was measured: by things, operation and their count. */
    private Map<String, Map<String, Map<Integer, Task>>> byThings(List<Task> tasks) {
        Map<String, Map<String, Map<Integer, Task>>> all = new LinkedHashMap<>();
        for (Task task : tasks) {
            int at = task.work().indexOf('@');
            int dash = task.work().indexOf('-', at);
            if (at >= 0 && measured(task).isPresent()) {
                all.computeIfAbsent(task.work().substring(dash + 1), things -> new LinkedHashMap<>())
                        .computeIfAbsent(task.work().substring(0, at), operation -> new TreeMap<>())
                        .put(Integer.valueOf(task.work().substring(at + 1, dash)), task);
            }
        }
        return all;
    }

    private OptionalDouble measured(Task task) {
        return results.median(WHO, task.work(), task.shown().get(0));
    }

    private static List<String> header(String things, List<Integer> counts) {
        List<String> header = new ArrayList<>(List.of(things));
        counts.forEach(count -> header.add(String.format(Locale.ROOT, "%,d", count)));
        header.add("cost of the most to the least");
        return header;
    }

    private List<String> row(String operation, List<Integer> counts, Map<Integer, Task> byCount) {
        List<String> row = new ArrayList<>(List.of(operation));
        for (int count : counts) {
            Task task = byCount.get(count);
            row.add(task == null ? "" : task.shown().get(0).text(measured(task).orElseThrow()));
        }
        List<Task> tasks = List.copyOf(byCount.values());
        row.add(Figure.TIMES.text(cost(tasks.get(tasks.size() - 1)) / cost(tasks.get(0))));
        return row;
    }

    private double cost(Task task) {
        double value = measured(task).orElseThrow();
        return task.shown().get(0) == Figure.RATE ? 1 / value : value;
    }
}
