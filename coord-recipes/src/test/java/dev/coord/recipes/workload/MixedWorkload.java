package dev.coord.recipes.workload;

import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.workload.Action;
import dev.coord.testkit.workload.Scenario;
import dev.coord.testkit.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Everything at once: keys, transactions, leases, sessions, watches, locks and elections. */
public final class MixedWorkload implements Workload {

    @Override
    public String name() {
        return "mixed";
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
        LockUse locks = new LockUse(world, 2, 1);
        List<Action> actions = new ArrayList<>();
        actions.addAll(new SessionUse(world).actions(8));
        actions.addAll(new KvUse(world).actions());
        actions.addAll(new LeaseUse(world).actions());
        actions.addAll(new WatchUse(world).actions());
        actions.addAll(locks.actions(1));
        return new UsedCluster(world, actions, locks);
    }
}
