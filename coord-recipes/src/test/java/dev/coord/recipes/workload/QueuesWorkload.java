package dev.coord.recipes.workload;

import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.workload.Scenario;
import dev.coord.testkit.workload.Workload;
import java.time.Duration;

/** One queue with several producers and consumers, always with pauses that outlast sessions. */
public final class QueuesWorkload implements Workload {

    @Override
    public String name() {
        return "queues";
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
        return new QueueUse(new World(cluster, seed), seed % 2 == 0);
    }
}
