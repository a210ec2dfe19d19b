package dev.coord.recipes.workload;

import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.workload.Scenario;
import dev.coord.testkit.workload.Workload;
import java.time.Duration;

/** A cyclic and a double barrier, always with pauses that outlast sessions. */
public final class BarriersWorkload implements Workload {

    @Override
    public String name() {
        return "barriers";
    }

    @Override
    public boolean alwaysPauses() {
        return true;
    }

    @Override
    public Duration timeToLive(long seed) {
        return World.timeToLive(seed);
    }

    @Override
    public void prepare(SimulatedCluster.Builder builder, long seed) {
        World.prepare(builder, seed);
    }

    @Override
    public Scenario begin(SimulatedCluster cluster, long seed) {
        return new BarrierUse(new World(cluster, seed));
    }
}
