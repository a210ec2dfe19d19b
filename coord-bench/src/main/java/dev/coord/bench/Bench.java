package dev.coord.bench;

import dev.coord.bench.micro.MicroBench;
import dev.coord.bench.micro.MicroSettings;
import dev.coord.bench.side.SideBySide;
import dev.coord.bench.side.SideSettings;
import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Measures Coord beside others, one work in one run: the system property {@code bench.work} says which. Exits with 0 if the bars are
 * met, 1 if one is missed or the work was not done properly, and 2 if it was misused.
 */
public final class Bench {
    private static final Map<String, Supplier<Program>> WORKS = new TreeMap<>(
            Map.of("commit", Bench::commit, "metrics", Bench::metrics, "micro", Bench::micro, "sides", Bench::sides));

    private Bench() {}

    /** Measures one work. */
    @FunctionalInterface
    interface Program {
        /** Prints what it measures, and returns whether the bars are met. */
        boolean run(PrintStream out) throws Exception;
    }

    private static Program commit() {
        BenchSettings settings = BenchSettings.ofProperties();
        return out -> CommitBench.run(settings, out);
    }

    private static Program metrics() {
        BenchSettings settings = BenchSettings.ofProperties();
        return out -> MetricsBench.run(settings, out);
    }

    private static Program micro() {
        MicroSettings settings = MicroSettings.ofProperties();
        return out -> new MicroBench(settings, out).run();
    }

    private static Program sides() {
        SideSettings settings = SideSettings.ofProperties();
        return out -> new SideBySide(settings, out).run();
    }

    /**
     * Runs the measurement.
     *
     * @param args none
     * @throws Exception if it cannot be run
     */
    public static void main(String[] args) throws Exception {
        System.exit(run());
    }

    private static int run() throws Exception {
        Program program;
        try {
            program = program(System.getProperty("bench.work", ""));
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            return 2;
        }
        return program.run(System.out) ? 0 : 1;
    }

    static Program program(String work) {
        Supplier<Program> program = WORKS.get(work);
        if (program == null) {
            throw new IllegalArgumentException(
                    "no work '" + work + "' to measure; -Dbench.work is one of " + WORKS.keySet());
        }
        return program.get();
    }
}
