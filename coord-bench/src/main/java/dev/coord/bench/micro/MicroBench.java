package dev.coord.bench.micro;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.runner.RunnerException;

/** Measures Coord's parts within one JVM: prints each figure as it is measured, then all of them, the bars, and a line for programs. */
public final class MicroBench {
    private final MicroSettings settings;
    private final PrintStream out;
    private final MicroReport report = new MicroReport();

    /**
     * Creates a run.
     *
     * @param settings what to measure
     * @param out where to tell it
     */
    public MicroBench(MicroSettings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    /**
     * Measures and reports.
     *
     * @return whether all could be measured and no bar was missed
     */
    public boolean run() {
        List<Operation> operations = Catalogue.of(settings);
        out.println(operations.size() + " operations, each in a JVM of its own, Java "
                + Runtime.version().feature());
        operations.forEach(this::measure);
        conclude();
        return report.passed(settings.quick());
    }

    private void measure(Operation operation) {
        try {
            Measured figures = Measuring.run(operation, settings.quick());
            report.note(operation, figures);
            out.printf(
                    Locale.ROOT,
                    "  %-40s %,14.1f ns/op %,12.1f B/op%n",
                    operation.title(),
                    figures.nanos(),
                    figures.bytes());
        } catch (RunnerException e) {
            report.noteFailed(operation);
            out.println("*** FAILED: " + operation.title() + " ***");
            e.printStackTrace(out);
        }
    }

    private void conclude() {
        out.println();
        report.operations().text().forEach(out::println);
        out.println();
        report.ceilings().text().forEach(out::println);
        if (settings.quick()) {
            out.println("a quick run: its figures are not to be relied on, and no bar fails it");
        }
        out.println("RESULT " + report.json(settings.quick()));
    }
}
