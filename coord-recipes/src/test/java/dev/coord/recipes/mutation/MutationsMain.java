package dev.coord.recipes.mutation;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Hunts all seeded bugs, or those named by {@code sim.mutations}, separated by commas. The last line printed is
 * {@code RESULT} and a JSON object; the status is not 0 if a mutant survives or the control run without one fails.
 */
public final class MutationsMain {
    private static final int CONTROL_SEEDS = 300;

    private MutationsMain() {}

    /**
     * Runs, and ends the JVM.
     *
     * @param args none
     */
    public static void main(String[] args) throws Exception {
        String names = System.getProperty("sim.mutations", "true");
        System.exit(run(names, System.out) ? 0 : 1);
    }

    private static boolean run(String names, PrintStream out) throws Exception {
        boolean all = names.isBlank() || names.equals("true");
        List<String> wanted = List.of(names.split(","));
        List<Mutation> mutations = Mutations.all().stream()
                .filter(mutation -> all || wanted.contains(mutation.name()))
                .toList();
        if (mutations.isEmpty()) {
            out.println("no mutation " + names + "; there are: "
                    + Mutations.all().stream().map(Mutation::name).toList());
            return false;
        }
        return hunt(mutations, out);
    }

    private static boolean hunt(List<Mutation> mutations, PrintStream out) throws Exception {
        Hunt hunt = new Hunt(Sources.find());
        ExecutorService workers =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            List<Future<Hunt.Result>> results = new ArrayList<>();
            for (Mutation mutation : mutations) {
                results.add(workers.submit(() -> report(hunt.run(mutation), mutation, out)));
            }
            List<Future<Hunt.Result>> controls = new ArrayList<>();
            for (String workload :
                    List.of("mixed", "locks", "elections", "owners", "queues", "barriers", "assignment", "swim")) {
                controls.add(workers.submit(() -> hunt.control(workload, CONTROL_SEEDS)));
            }
            int convicted = 0;
            for (Future<Hunt.Result> result : results) {
                convicted += result.get().convicted() ? 1 : 0;
            }
            int falseConvictions = 0;
            for (Future<Hunt.Result> control : controls) {
                Hunt.Result result = control.get();
                out.println(result.convicted() ? "CONTROL FAILED: " + result : "control passed " + CONTROL_SEEDS);
                falseConvictions += result.convicted() ? 1 : 0;
            }
            out.println("RESULT {\"mutations\":" + mutations.size() + ",\"convicted\":" + convicted
                    + ",\"survived\":" + (mutations.size() - convicted) + ",\"falseConvictions\":" + falseConvictions
                    + "}");
            return convicted == mutations.size() && falseConvictions == 0;
        } finally {
            workers.shutdownNow();
        }
    }

    private static Hunt.Result report(Hunt.Result result, Mutation mutation, PrintStream out) {
        out.println(String.format(
                Locale.ROOT,
                "%-32s %-9s %5d seeds of %s  %s",
                result.name(),
                result.convicted() ? "convicted" : "SURVIVED",
                result.seeds(),
                mutation.workload(),
                result.convicted() ? result.verdict() : mutation.what()));
        return result;
    }
}
