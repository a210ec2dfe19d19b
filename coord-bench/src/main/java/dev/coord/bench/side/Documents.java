package dev.coord.bench.side;

import dev.coord.bench.side.Bar.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes what was measured into the documentation: the part of a page between two marks, and a chart. */
final class Documents {
    static final String PAGE = "performance.md";
    static final String CHART = "performance.svg";
    static final String BEGIN = "<!-- measured: written by the bench, not by hand -->";
    static final String END = "<!-- measured: end -->";

    private Documents() {}

    static void write(Path directory, Results results, List<Verdict> verdicts, SideSettings settings)
            throws IOException {
        Path page = directory.resolve(PAGE);
        String text = Files.readString(page);
        Files.writeString(page, replace(text, String.join("\n", lines(results, verdicts, settings))));
        Files.writeString(directory.resolve(CHART), Chart.of(results));
    }

    /** Returns a page with what is between its marks replaced. */
    static String replace(String page, String measured) {
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalStateException(PAGE + " must have the lines " + BEGIN + " and " + END);
        }
        return page.substring(0, begin + BEGIN.length()) + "\n\n" + measured + "\n\n" + page.substring(end);
    }

    private static List<String> lines(Results results, List<Verdict> verdicts, SideSettings settings) {
        List<String> lines = new ArrayList<>();
        lines.add("Medians of " + settings.rounds() + " rounds of "
                + settings.window().toMillis() + " ms ("
                + settings.shortWindow().toMillis() + " ms where no bar compares), on "
                + Runtime.getRuntime().availableProcessors() + " cores, Java "
                + Runtime.version().feature() + (settings.quick() ? "; a quick run, not to be relied on" : "") + ".");
        for (Table table : new Tables(results).all()) {
            lines.add("");
            lines.addAll(table.markdown());
        }
        lines.add("");
        lines.addAll(Tables.bars(verdicts).markdown());
        return lines;
    }
}
