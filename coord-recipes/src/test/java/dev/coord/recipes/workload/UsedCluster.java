package dev.coord.recipes.workload;

import dev.coord.testkit.workload.Action;
import dev.coord.testkit.workload.Scenario;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The scenario of the workloads here. */
final class UsedCluster implements Scenario {
    private static final int MOST_UNCHECKED = 16;
    private static final Duration SETTLING = Duration.ofSeconds(20);

    private final World world;
    private final List<Action> actions;
    private final List<ExclusiveUse> uses;
    private long checkedAt;
    private int sinceCheck;

    UsedCluster(World world, List<Action> actions, ExclusiveUse... uses) {
        this.world = world;
        this.actions = actions;
        this.uses = List.of(uses);
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
        uses.forEach(ExclusiveUse::check);
    }

    @Override
    public void check() {
        world.throwFailure();
        uses.forEach(ExclusiveUse::checkNow);
    }

    @Override
    public Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        uses.forEach(use -> counts.putAll(use.counts()));
        return counts;
    }

    @Override
    public void finish() {
        world.checkProgress();
        world.cluster.runUntil(
                "all observers told of the leader", SETTLING, () -> all(ExclusiveUse::isEveryObserverTold));
        uses.forEach(ExclusiveUse::drain);
        // What a crash left behind goes with its session.
        Duration limit = SETTLING.plus(world.longestTtl().multipliedBy(3));
        world.cluster.runUntil("the turn of everybody who waits", limit, () -> all(ExclusiveUse::isEveryClaimDecided));
        world.cluster.runUntil("all claims gone from the queues", limit, () -> all(ExclusiveUse::isNothingLeft));
        world.cluster.runUntil("the end of all detached leases", limit, world::isEveryDetachedOver);
        check();
        world.cluster.assertReplicasAgree();
        world.checkCounters();
        world.cluster.advance(Duration.ofSeconds(1));
        world.log.follow();
        // Nobody is declared gone, so how late leases end is not judged: with pauses it may be any time.
        uses.forEach(ExclusiveUse::checkInTheEnd);
        world.history.assertAllComplete(Duration.ZERO);
    }

    private boolean all(Predicate<ExclusiveUse> what) {
        return uses.stream().allMatch(what);
    }
}
