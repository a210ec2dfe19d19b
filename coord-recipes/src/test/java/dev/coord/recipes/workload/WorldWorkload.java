package dev.coord.recipes.workload;

import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.workload.Scenario;
import dev.coord.testkit.workload.Workload;
import java.time.Duration;

/** A workload in a {@link World}, whose seeds begin alike. */
abstract class WorldWorkload implements Workload {
    private final String name;

    WorldWorkload(String name) {
        this.name = name;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Duration timeToLive(long seed) {
        return World.timeToLive(worldSeed(seed));
    }

    @Override
    public final void prepare(SimulatedCluster.Builder builder, long seed) {
        World.prepare(builder, worldSeed(seed));
    }

    @Override
    public final Scenario begin(SimulatedCluster cluster, long seed) {
        return begin(new World(cluster, worldSeed(seed)), seed);
    }

    /** Returns the seed of the world for a seed of the workload. */
    long worldSeed(long seed) {
        return seed;
    }

    abstract Scenario begin(World world, long seed);
}
