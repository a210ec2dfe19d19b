package dev.coord.recipes.mutation;

import dev.coord.testkit.workload.Simulation;
import java.util.function.LongFunction;

/** Runs seeds in the world that it was loaded in; seen from outside it deals in types of the JDK only. */
public final class Probe implements LongFunction<String> {
    private final Simulation simulation;

    /**
     * Chooses a workload.
     *
     * @param workload its name
     */
    public Probe(String workload) {
        simulation = Simulation.of(workload);
    }

    /** What a seed violates, in a line; empty if nothing. */
    @Override
    public String apply(long seed) {
        return simulation.probe(seed).orElse("");
    }
}
