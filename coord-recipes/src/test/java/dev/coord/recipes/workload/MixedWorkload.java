package dev.coord.recipes.workload;

import dev.coord.testkit.workload.Action;
import dev.coord.testkit.workload.Scenario;
import java.util.ArrayList;
import java.util.List;

/** Everything at once: keys, transactions, leases, sessions, watches, locks and elections. */
public final class MixedWorkload extends WorldWorkload {

    /** Creates the workload. */
    public MixedWorkload() {
        super("mixed");
    }

    @Override
    Scenario begin(World world, long seed) {
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
