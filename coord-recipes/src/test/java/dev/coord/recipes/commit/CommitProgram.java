package dev.coord.recipes.commit;

import dev.coord.testkit.workload.Report;
import dev.coord.testkit.workload.Simulation;
import dev.coord.testkit.workload.SimulationProgram;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;

/**
 * Everything that is promised of two-phase commit, in simulation: a death at each point of the protocol, {@code sim.seeds} (20) times,
 * and then 10,000 transfers at least between accounts under random faults.
 */
public final class CommitProgram implements SimulationProgram {
    private static final int USUAL_SEEDS = 20;
    private static final long TRANSFERS = 10_000;
    private static final int TRANSFER_SEEDS = 320;
    private static final int SHOWN = 10;

    @Override
    public String name() {
        return "commit";
    }

    /** A seed is a point and how often it was there before. */
    @Override
    public Optional<String> probe(long seed) {
        List<CrashPoint> points = CrashPoint.all();
        CrashPoint point = points.get((int) Math.floorMod(seed, (long) points.size()));
        try {
            CrashRun.of(point, seed);
            return Optional.empty();
        } catch (AssertionError e) {
            return Optional.of(point + ", seed " + seed + ": " + e.getMessage());
        }
    }

    @Override
    public int run(Properties options, PrintStream out) throws InterruptedException {
        String one = options.getProperty("sim.seed", "").strip();
        if (!one.isEmpty()) {
            Optional<String> wrong = probe(Long.parseLong(one));
            out.println("RESULT {\"workload\":\"commit\",\"seed\":" + one + ",\"violations\":"
                    + (wrong.isPresent() ? 1 : 0) + "}");
            wrong.ifPresent(out::println);
            return wrong.isPresent() ? 1 : 0;
        }
        String text = options.getProperty("sim.seeds", "").strip();
        int seeds = text.isEmpty() ? USUAL_SEEDS : Integer.parseInt(text);
        List<String> wrong = new ArrayList<>();
        Duration worst = deaths(seeds, wrong, out);
        Report transfers = Simulation.of("transfers").progress(out::println).run(1, TRANSFER_SEEDS);
        transfers.violations().forEach(violation -> wrong.add(violation.toString()));
        long count = transfers.counts().getOrDefault("transfers", 0L);
        if (count < TRANSFERS) {
            wrong.add("only " + count + " transfers");
        }
        wrong.stream().limit(SHOWN).forEach(out::println);
        out.println(String.format(
                Locale.ROOT,
                "RESULT {\"workload\":\"commit\",\"points\":%d,\"seeds\":%d,\"runs\":%d,\"worstMillis\":%d,"
                        + "\"transfers\":%d,\"committed\":%d,\"violations\":%d}",
                CrashPoint.all().size(),
                seeds,
                CrashPoint.all().size() * (long) seeds,
                worst.toMillis(),
                count,
                transfers.counts().getOrDefault("committed", 0L),
                wrong.size()));
        return wrong.isEmpty() ? 0 : 1;
    }

    private Duration deaths(int seeds, List<String> wrong, PrintStream out) {
        List<CrashPoint> points = CrashPoint.all();
        Duration worst = Duration.ZERO;
        for (int at = 0; at < points.size(); at++) {
            CrashPoint point = points.get(at);
            Duration slowest = Duration.ZERO;
            int broken = 0;
            for (int i = 0; i < seeds; i++) {
                long seed = at + (long) i * points.size();
                try {
                    Duration took = CrashRun.of(point, seed);
                    slowest = took.compareTo(slowest) > 0 ? took : slowest;
                } catch (AssertionError e) {
                    broken++;
                    wrong.add(point + ", seed " + seed + ": " + e.getMessage());
                }
            }
            out.println(String.format(
                    Locale.ROOT,
                    "%-26s %d times, resolved within %d ms, %d violations",
                    point,
                    seeds,
                    slowest.toMillis(),
                    broken));
            worst = slowest.compareTo(worst) > 0 ? slowest : worst;
        }
        return worst;
    }
}
