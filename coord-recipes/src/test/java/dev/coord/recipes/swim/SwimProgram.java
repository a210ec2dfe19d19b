package dev.coord.recipes.swim;

import dev.coord.testkit.workload.SimulationProgram;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs seeds of {@link SwimRun}: {@code sim.from}, {@code sim.seeds} (1,000), or {@code sim.seed}, and {@code sim.threads}. */
public final class SwimProgram implements SimulationProgram {
    private static final double MOST = 1e12;
    private static final int SHOWN = 3;
    private static final long CHUNK = 100;

    @Override
    public String name() {
        return "swim";
    }

    @Override
    public Optional<String> probe(long seed) {
        String wrong = new SwimRun(seed).run();
        return wrong.isEmpty() ? Optional.empty() : Optional.of(wrong);
    }

    @Override
    public int run(Properties options, PrintStream out) throws InterruptedException {
        long one = (long) Options.number(options, "sim.seed", 0, 1, MOST);
        long from = one > 0 ? one : (long) Options.number(options, "sim.from", 1, 1, MOST);
        long seeds = one > 0 ? 1 : (long) Options.number(options, "sim.seeds", 1_000, 1, MOST);
        List<String> wrong = new ArrayList<>();
        ExecutorService workers = Executors.newFixedThreadPool(Options.threads(options));
        try {
            List<Future<List<String>>> chunks = new ArrayList<>();
            for (long at = from; at < from + seeds; at += CHUNK) {
                long first = at;
                long end = Math.min(at + CHUNK, from + seeds);
                chunks.add(workers.submit(() -> chunk(first, end)));
            }
            for (Future<List<String>> chunk : chunks) {
                wrong.addAll(chunk.get());
            }
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            workers.shutdownNow();
        }
        wrong.stream().limit(SHOWN).forEach(out::println);
        out.println(String.format(
                Locale.ROOT,
                "RESULT {\"workload\":\"swim\",\"from\":%d,\"seeds\":%d,\"violations\":%d}",
                from,
                seeds,
                wrong.size()));
        return wrong.isEmpty() ? 0 : 1;
    }

    private List<String> chunk(long from, long end) {
        List<String> wrong = new ArrayList<>();
        for (long seed = from; seed < end; seed++) {
            probe(seed).ifPresent(wrong::add);
        }
        return wrong;
    }
}
