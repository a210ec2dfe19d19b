package dev.coord.recipes.workload;

import dev.coord.testkit.workload.Scenario;

/** A cyclic and a double barrier, always with pauses that outlast sessions. */
public final class BarriersWorkload extends WorldWorkload {

    /** Creates the workload. */
    public BarriersWorkload() {
        super("barriers");
    }

    @Override
    public boolean alwaysPauses() {
        return true;
    }

    @Override
    Scenario begin(World world, long seed) {
        return new BarrierUse(world);
    }
}
