package dev.coord.bench.side;

import dev.coord.bench.Load;
import dev.coord.bench.side.Bar.Outcome;
import dev.coord.bench.side.Bar.Verdict;
import dev.coord.bench.side.Stage.Task;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Tells what is measured: line by line as it goes on, and in the end the bars and a line for programs. */
final class Report {
    private final PrintStream out;
    private final Results results = new Results();
    private final List<String> complaints = new ArrayList<>();

    Report(PrintStream out) {
        this.out = out;
    }

    void say(String line) {
        out.println(line);
    }

    /** Says what must not be overlooked, at once and in the end. */
    synchronized void complain(String line) {
        if (!complaints.contains(line)) {
            complaints.add(line);
        }
        say("*** " + line + " ***");
    }

    void note(Contestant who, Task task, Load.Figures figures) {
        results.note(who, task.work(), figures);
        String shown = task.shown().stream()
                .map(figure -> String.format(Locale.ROOT, "%16s", figure.text(figure.of(figures))))
                .collect(Collectors.joining());
        say(String.format(Locale.ROOT, "  %-28s %-24s %s", task.work(), who.title(), shown));
    }

    /** Prints all and returns whether nothing was missed and nothing failed. */
    boolean conclude(SideSettings settings) throws IOException {
        List<Verdict> verdicts =
                Bars.ALL.stream().map(bar -> bar.judge(results)).toList();
        List<Table> tables = new ArrayList<>(new Tables(results).all());
        tables.add(Tables.bars(verdicts));
        for (Table table : tables) {
            say("");
            table.text().forEach(this::say);
        }
        complaints.forEach(complaint -> say("*** " + complaint + " ***"));
        if (settings.quick()) {
            say("a quick run: its windows are too short to rely on");
        }
        if (settings.documents().isPresent()) {
            Path directory = settings.documents().get();
            Documents.write(directory, results, verdicts, settings);
            say("written to " + directory);
        }
        boolean hasFailed = complaints.stream().anyMatch(complaint -> complaint.startsWith("FAILED"));
        boolean passed = !hasFailed && verdicts.stream().noneMatch(verdict -> verdict.outcome() == Outcome.MISSED);
        say("RESULT " + Json.of(results, verdicts, passed));
        return passed;
    }
}
