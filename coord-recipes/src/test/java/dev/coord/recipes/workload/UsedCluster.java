package dev.coord.recipes.workload;

import dev.coord.testkit.workload.Action;
import dev.coord.testkit.workload.Scenario;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The scenario of the workloads here. */
final class UsedCluster implements Scenario {
    private static final int MOST_UNCHECKED = 16;
    private static final Duration SETTLING = Duration.ofSeconds(20);

    private final World world;
    private final List<Action> actions;
    private final LockUse locks;
    private final @Nullable KindsUse kinds;
    private long checkedAt;
    private int sinceCheck;

    UsedCluster(World world, List<Action> actions, LockUse locks, @Nullable KindsUse kinds) {
        this.kinds = kinds;
        this.world = world;
        this.actions = actions;
        this.locks = locks;
        for (String peer : world.cluster.ids()) {
            world.open(peer, world.usualTtl());
        }
    }

    @Override
    public List<Action> actions() {
        return actions;
    }

    @Override
    public void checkStep() {
        // Belief can turn wrong when something is committed; when it is renewed, it is seen to a little later.
        long entries = world.cluster.committedEntries();
        if (entries == checkedAt && ++sinceCheck < MOST_UNCHECKED) {
            return;
        }
        checkedAt = entries;
        sinceCheck = 0;
        world.log.follow();
        world.checkLeases();
        locks.check();
        if (kinds != null) {
            kinds.check();
        }
    }

    @Override
    public void check() {
        world.throwFailure();
        locks.checkNow();
    }

    @Override
    public void finish() {
        world.checkProgress();
        world.cluster.runUntil("all observers told of the leader", SETTLING, locks::isEveryObserverTold);
        locks.drain();
        if (kinds != null) {
            kinds.drain();
        }
        // What a crash left behind goes with its session.
        Duration limit = SETTLING.plus(world.longestTtl().multipliedBy(3));
        world.cluster.runUntil("the turn of everybody who waits", limit, this::isEveryClaimDecided);
        world.cluster.runUntil("all claims gone from the queues", limit, this::isNothingLeft);
        check();
        world.cluster.assertReplicasAgree();
        world.checkCounters();
        world.cluster.advance(Duration.ofSeconds(1));
        world.log.follow();
        // Nobody is declared gone, so how late leases end is not judged: with pauses it may be any time.
        world.history.assertAllComplete(Duration.ZERO);
    }

    private boolean isEveryClaimDecided() {
        return locks.isEveryClaimDecided() && (kinds == null || kinds.isEveryClaimDecided());
    }

    private boolean isNothingLeft() {
        return locks.isNothingLeft() && (kinds == null || kinds.isNothingLeft());
    }
}
