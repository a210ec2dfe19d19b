package dev.coord.recipes.mutation;

import dev.coord.testkit.workload.Simulation;
import dev.coord.testkit.workload.SimulationProgram;
import java.util.Optional;
import java.util.function.LongFunction;

/** Runs seeds in the world that it was loaded in; seen from outside it deals in types of the JDK only. */
public final class Probe implements LongFunction<String> {
    private final LongFunction<Optional<String>> seeds;

    /**
     * Chooses a workload or a program.
     *
     * @param workload its name
     */
    public Probe(String workload) {
        SimulationProgram program = SimulationProgram.all().get(workload);
        seeds = program == null ? Simulation.of(workload)::probe : program::probe;
    }

    /** What a seed violates, in a line; empty if nothing. */
    @Override
    public String apply(long seed) {
        return seeds.apply(seed).orElse("");
    }
}
