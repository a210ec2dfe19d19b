package dev.coord.recipes.workload;

import dev.coord.testkit.workload.Action;
import dev.coord.testkit.workload.Scenario;
import java.time.Duration;
import java.util.List;

/** The scenario of the workloads here. */
final class UsedCluster implements Scenario {
    private static final Duration SETTLING = Duration.ofSeconds(20);

    private final World world;
    private final List<Action> actions;
    private final LockUse locks;

    UsedCluster(World world, List<Action> actions, LockUse locks) {
        this.world = world;
        this.actions = actions;
        this.locks = locks;
        for (String peer : world.cluster.ids()) {
            world.open(peer, Duration.ofSeconds(2));
        }
    }

    @Override
    public List<Action> actions() {
        return actions;
    }

    @Override
    public void checkStep() {
        world.log.follow();
        world.checkLeases();
        locks.check();
    }

    @Override
    public void check() {
        world.throwFailure();
        locks.checkNow();
    }

    @Override
    public void finish() {
        world.checkProgress();
        locks.finish();
        locks.letGo();
        world.cluster.runUntil("all claims gone from the queues", SETTLING, locks::isNothingLeft);
        check();
        world.cluster.assertReplicasAgree();
        world.checkCounters();
        world.history.assertLinearizable();
    }
}
