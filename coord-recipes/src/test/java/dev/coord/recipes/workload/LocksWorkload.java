package dev.coord.recipes.workload;

import dev.coord.testkit.workload.Action;
import dev.coord.testkit.workload.Scenario;
import java.util.ArrayList;
import java.util.List;

/** Locks and elections under contention, always with pauses that outlast sessions. */
public final class LocksWorkload extends WorldWorkload {

    /** Creates the workload. */
    public LocksWorkload() {
        super("locks");
    }

    @Override
    public boolean alwaysPauses() {
        return true;
    }

    @Override
    Scenario begin(World world, long seed) {
        LockUse locks = new LockUse(world, 1, 1);
        List<Action> actions = new ArrayList<>();
        actions.addAll(new SessionUse(world).actions(6));
        actions.addAll(locks.actions(4));
        KindsUse kinds = new KindsUse(world);
        actions.addAll(kinds.actions(1));
        return new UsedCluster(world, actions, locks, kinds);
    }
}
