package dev.coord.recipes.workload;

import dev.coord.testkit.workload.Action;
import dev.coord.testkit.workload.Scenario;
import java.util.ArrayList;
import java.util.List;

/** Sagas whose services are reached through a bad network, with coordinators that die, pause and are cut off. */
public final class SagasWorkload extends WorldWorkload {
    private static final int MOST_SECONDS = 10;

    /** Creates the workload. */
    public SagasWorkload() {
        super("sagas");
    }

    @Override
    public boolean alwaysPauses() {
        return true;
    }

    /** Worlds of seconds only: who is left unanswered tries again and again, which would take most of the steps of one of hours. */
    @Override
    long worldSeed(long seed) {
        long world = seed;
        while (World.timeToLive(world).toSeconds() >= MOST_SECONDS) {
            world = world * 31 + 7;
        }
        return world;
    }

    @Override
    Scenario begin(World world, long seed) {
        List<Action> actions = new ArrayList<>();
        actions.addAll(new SessionUse(world).actions(4));
        SagaUse sagas = new SagaUse(world, seed);
        actions.addAll(sagas.actions(6));
        return new UsedCluster(world, actions, sagas);
    }
}
