package dev.coord.testkit.workload;

import dev.coord.time.Ticker;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Runs seeds from the command line, as system properties say: {@code sim.workload} (default {@code mixed}), {@code sim.from}
 * and {@code sim.seeds} (default 1 and 1,000), or {@code sim.seed} for one alone, and {@code sim.threads} (default: all
 * processors). From 20,000 seeds on the heap is watched as well: it may grow by 1 % over the run. A
 * {@link SimulationProgram} of the name is run by its own rules. The last line printed is {@code RESULT} and a JSON object.
 */
public final class SimulationMain {
    private static final int VIOLATED = 1;
    private static final int MISUSED = 2;
    private static final long ENOUGH_FOR_A_TREND = 20_000;
    private static final double MOST_HEAP_GROWTH = 1.0;

    private SimulationMain() {}

    /**
     * Runs, and ends the JVM: with status 0 if every promise held, 1 if not (or if the heap grew), 2 if misused.
     *
     * @param args none
     */
    public static void main(String[] args) {
        int status;
        try {
            status = run(System.getProperties(), System.out);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            status = MISUSED;
        } catch (InterruptedException e) {
            status = VIOLATED;
        }
        System.exit(status);
    }

    /**
     * Runs.
     *
     * @param options the properties
     * @param out where progress and the result go
     * @return the exit status
     * @throws IllegalArgumentException if an option is wrong
     * @throws InterruptedException if interrupted
     */
    static int run(Properties options, PrintStream out) throws InterruptedException {
        String workload = has(options, "sim.workload") ? options.getProperty("sim.workload") : "mixed";
        SimulationProgram program = SimulationProgram.all().get(workload);
        if (program != null) {
            return program.run(options, out);
        }
        Simulation simulation = Simulation.of(workload).progress(out::println);
        if (has(options, "sim.threads")) {
            simulation = simulation.threads((int) number(options, "sim.threads", 1, 1024));
        }
        boolean one = has(options, "sim.seed");
        long from = number(options, one ? "sim.seed" : "sim.from", 1, Long.MAX_VALUE / 2);
        long seeds = one ? 1 : number(options, "sim.seeds", 1_000, Long.MAX_VALUE / 2);
        Ticker ticker = Ticker.system();
        long began = ticker.nanos();
        if (seeds < ENOUGH_FOR_A_TREND) {
            Report report = simulation.run(from, seeds);
            print(report, Duration.ofNanos(ticker.nanos() - began), report.toJson(), out);
            return report.violations().isEmpty() ? 0 : VIOLATED;
        }
        HeapTrend heap = new HeapTrend();
        Report report = simulation.run(from, seeds, heap);
        double growth = Math.round(heap.growthPercent() * 100) / 100.0;
        String json = report.toJson();
        String withHeap = json.substring(0, json.length() - 1) + ",\"heapGrowthPercent\":" + growth + "}";
        if (growth > MOST_HEAP_GROWTH) {
            out.println("the heap grew by " + growth + " % over the run: something is kept");
        }
        print(report, Duration.ofNanos(ticker.nanos() - began), withHeap, out);
        return report.violations().isEmpty() && growth <= MOST_HEAP_GROWTH ? 0 : VIOLATED;
    }

    private static void print(Report report, Duration took, String json, PrintStream out) {
        out.println(report.seeds() + " seeds of " + report.workload() + " from " + report.from() + " in "
                + took.toSeconds() + " s: " + report.steps() + " steps, "
                + report.virtualTime().toDays()
                + " days of virtual time");
        Map<String, Long> faults = new TreeMap<>(report.faults());
        out.println("faults: " + faults);
        if (!report.counts().isEmpty()) {
            out.println("done: " + new TreeMap<>(report.counts()));
        }
        out.println("RESULT " + json);
    }

    private static boolean has(Properties options, String name) {
        return !options.getProperty(name, "").isBlank();
    }

    private static long number(Properties options, String name, long otherwise, long most) {
        if (!has(options, name)) {
            return otherwise;
        }
        String text = options.getProperty(name).strip();
        try {
            long value = Long.parseLong(text);
            if (value >= 1 && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new IllegalArgumentException(name + "=" + text + " is not a number from 1 to " + most);
    }
}
