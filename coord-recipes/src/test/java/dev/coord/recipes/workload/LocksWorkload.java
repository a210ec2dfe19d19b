package dev.coord.recipes.workload;

import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.workload.Action;
import dev.coord.testkit.workload.Scenario;
import dev.coord.testkit.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Locks and elections under contention, always with pauses that outlast sessions. */
public final class LocksWorkload implements Workload {

    @Override
    public String name() {
        return "locks";
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
        World world = new World(cluster, seed);
        LockUse locks = new LockUse(world, 1, 1);
        List<Action> actions = new ArrayList<>();
        actions.addAll(new SessionUse(world).actions(6));
        actions.addAll(locks.actions(4));
        KindsUse kinds = new KindsUse(world);
        actions.addAll(kinds.actions(1));
        return new UsedCluster(world, actions, locks, kinds);
    }
}
