package dev.coord.bench;

import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures Coord beside others, one work in one run: the system property {@code bench.work} says which. Exits with 0 if the bars are
 * met, 1 if one is missed or the work was not done properly, and 2 if it was misused.
 */
public final class Bench {
    private static final Map<String, Program> WORKS =
            new TreeMap<>(Map.of("commit", CommitBench::run, "metrics", MetricsBench::run));

    private Bench() {}

    /** Measures one work. */
    @FunctionalInterface
    interface Program {
        /** Prints what it measures, and returns whether the bars are met. */
        boolean run(BenchSettings settings, PrintStream out) throws Exception;
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
        BenchSettings settings;
        try {
            program = program(System.getProperty("bench.work", ""));
            settings = BenchSettings.ofProperties();
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            return 2;
        }
        return program.run(settings, System.out) ? 0 : 1;
    }

    static Program program(String work) {
        Program program = WORKS.get(work);
        if (program == null) {
            throw new IllegalArgumentException(
                    "no work '" + work + "' to measure; -Dbench.work is one of " + WORKS.keySet());
        }
        return program;
    }
}
