package dev.coord.recipes.workload;

import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.workload.Scenario;
import dev.coord.testkit.workload.Workload;
import java.time.Duration;

/** Partitions spread over members that come, leave, crash, pause and are cut off. */
public final class AssignmentWorkload implements Workload {

    @Override
    public String name() {
        return "assignment";
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
        return new AssignmentUse(cluster, seed);
    }
}
