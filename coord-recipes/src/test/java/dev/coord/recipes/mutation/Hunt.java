package dev.coord.recipes.mutation;

import java.io.IOException;
import java.util.Map;
import java.util.function.LongFunction;

/** The search for a seed that convicts a mutant. */
final class Hunt {
    private final Sources sources;

    Hunt(Sources sources) {
        this.sources = sources;
    }

    /**
     * How a search ended.
     *
     * @param name of the mutation
     * @param seeds how many it took
     * @param verdict what convicted it, empty if nothing did
     */
    record Result(String name, int seeds, String verdict) {
        boolean convicted() {
            return !verdict.isEmpty();
        }
    }

    /** Runs seeds of a mutant until one is violated or the budget is used up. */
    Result run(Mutation mutation) {
        return run(mutation, mutation.budget());
    }

    Result run(Mutation mutation, int budget) {
        return search(mutation.name(), sources.mutated(mutation), mutation.workload(), budget);
    }

    /** The same without a mutation: nothing may be violated. */
    Result control(String workload, int seeds) {
        return search("control", Map.of(), workload, seeds);
    }

    private static Result search(String name, Map<String, String> classes, String workload, int budget) {
        try (MutantLoader loader = MutantLoader.of(classes)) {
            LongFunction<?> probe = (LongFunction<?>) loader.loadClass(Probe.class.getName())
                    .getConstructor(String.class)
                    .newInstance(workload);
            for (int seed = 1; seed <= budget; seed++) {
                String verdict = (String) probe.apply(seed);
                if (!verdict.isEmpty()) {
                    return new Result(name, seed, verdict);
                }
            }
            return new Result(name, budget, "");
        } catch (ReflectiveOperationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
