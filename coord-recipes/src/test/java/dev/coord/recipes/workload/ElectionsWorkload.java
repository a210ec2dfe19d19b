package dev.coord.recipes.workload;

import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.workload.Action;
import dev.coord.testkit.workload.Scenario;
import dev.coord.testkit.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Elections with priorities, hand-overs, topics and observers, always with pauses that outlast sessions. */
public final class ElectionsWorkload implements Workload {

    @Override
    public String name() {
        return "elections";
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
        ElectionUse elections = new ElectionUse(world);
        List<Action> actions = new ArrayList<>();
        actions.addAll(new SessionUse(world).actions(6));
        actions.addAll(elections.actions());
        return new UsedCluster(world, actions, elections);
    }
}
