package dev.coord.recipes.swim;

import dev.coord.recipes.swim.DetectorTable.Row;
import dev.coord.testkit.workload.SimulationProgram;
import dev.coord.time.Ticker;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * Measures all detectors under all {@link Conditions}, and Lifeguard's claim. {@code sim.hours} (24) of virtual time a row, a
 * quarter of it where a fifth of the datagrams of SWIM is lost, which are many; {@code sim.threads} (all processors).
 */
public final class DetectorsProgram implements SimulationProgram {
    private static final double HOUR = 3600e9;
    private static final double HOURS = 24;
    private static final double FEWER_HOURS = 0.25;
    private static final double HEAVY_LOSS = 0.1;

    /** The share of the hours that the experiment with stalling members takes. */
    private static final double STALL_SHARE = 1 / 12.0;

    @Override
    public String name() {
        return "detectors";
    }

    @Override
    public int run(Properties options, PrintStream out) throws InterruptedException {
        double hours = Options.number(options, "sim.hours", HOURS, 0.02, 10_000);
        ExecutorService workers = Executors.newFixedThreadPool(Options.threads(options));
        try {
            return measure(hours, workers, out);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            workers.shutdownNow();
        }
    }

    private static int measure(double hours, ExecutorService workers, PrintStream out)
            throws InterruptedException, ExecutionException {
        out.println("heartbeats go to " + HeartbeatTrial.SUCCESSORS + " successors in a ring; times in seconds");
        out.println(DetectorTable.head());
        Ticker ticker = Ticker.system();
        long began = ticker.nanos();
        List<Future<Row>> pending = new ArrayList<>();
        for (Conditions conditions : DetectorTable.conditions()) {
            for (int detector = DetectorTable.DEADLINE; detector <= DetectorTable.LIFEGUARD; detector++) {
                pending.add(row(detector, conditions, hours, workers));
            }
        }
        long stallNanos = (long) (hours * STALL_SHARE * HOUR);
        Future<StallTrial.Outcome> without =
                workers.submit(() -> DetectorTable.stalls(SwimConfig.lan().withoutLifeguard(), stallNanos));
        Future<StallTrial.Outcome> with = workers.submit(() -> DetectorTable.stalls(SwimConfig.lan(), stallNanos));
        List<Row> rows = new ArrayList<>();
        for (Future<Row> each : pending) {
            rows.add(each.get());
            out.println(each.get() + String.format(Locale.ROOT, "  after %.0f s", (ticker.nanos() - began) / 1e9));
        }
        return conclude(rows, without.get(), with.get(), (ticker.nanos() - began) / 1e9, out);
    }

    private static Future<Row> row(int detector, Conditions conditions, double hours, ExecutorService workers) {
        boolean heavy = detector >= DetectorTable.SWIM && conditions.loss() > HEAVY_LOSS;
        long nanos = (long) (hours * (heavy ? FEWER_HOURS : 1) * HOUR);
        return workers.submit(() -> DetectorTable.measure(detector, conditions, nanos));
    }

    private static int conclude(
            List<Row> rows, StallTrial.Outcome without, StallTrial.Outcome with, double seconds, PrintStream out) {
        double ratio = DetectorTable.ratio(without, with);
        out.println("healthy members taken for dead while a tenth stalls, without Lifeguard: " + without);
        out.println("healthy members taken for dead while a tenth stalls, with Lifeguard:    " + with);
        List<String> wrong = new ArrayList<>(DetectorTable.shortcomings(rows));
        wrong.addAll(DetectorTable.shortcomings(without, with));
        wrong.forEach(line -> out.println("FALLS SHORT: " + line));
        String json = rows.stream().map(Row::toJson).collect(Collectors.joining(","));
        out.println(String.format(
                Locale.ROOT,
                "RESULT {\"workload\":\"detectors\",\"passed\":%b,\"seconds\":%.0f,\"lifeguard\":{\"without\":%d,"
                        + "\"with\":%d,\"timesFewer\":%.0f,\"atLeast\":%.0f},\"rows\":[%s]}",
                wrong.isEmpty(),
                seconds,
                without.atAll(),
                with.atAll(),
                ratio,
                DetectorTable.FEWER,
                json));
        return wrong.isEmpty() ? 0 : 1;
    }
}
