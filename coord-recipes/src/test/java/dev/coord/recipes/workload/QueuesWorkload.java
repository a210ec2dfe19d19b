package dev.coord.recipes.workload;

import dev.coord.testkit.workload.Scenario;

/** One queue with several producers and consumers, always with pauses that outlast sessions. */
public final class QueuesWorkload extends WorldWorkload {

    /** Creates the workload. */
    public QueuesWorkload() {
        super("queues");
    }

    @Override
    public boolean alwaysPauses() {
        return true;
    }

    @Override
    Scenario begin(World world, long seed) {
        return new QueueUse(world, seed % 2 == 0);
    }
}
