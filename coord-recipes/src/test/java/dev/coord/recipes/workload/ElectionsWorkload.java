package dev.coord.recipes.workload;

import dev.coord.testkit.workload.Action;
import dev.coord.testkit.workload.Scenario;
import java.util.ArrayList;
import java.util.List;

/** Elections with priorities, hand-overs, topics and observers, always with pauses that outlast sessions. */
public final class ElectionsWorkload extends WorldWorkload {

    /** Creates the workload. */
    public ElectionsWorkload() {
        super("elections");
    }

    @Override
    public boolean alwaysPauses() {
        return true;
    }

    @Override
    Scenario begin(World world, long seed) {
        ElectionUse elections = new ElectionUse(world);
        List<Action> actions = new ArrayList<>();
        actions.addAll(new SessionUse(world).actions(6));
        actions.addAll(elections.actions());
        return new UsedCluster(world, actions, elections);
    }
}
