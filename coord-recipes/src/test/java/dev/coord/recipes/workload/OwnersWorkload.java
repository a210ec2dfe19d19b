package dev.coord.recipes.workload;

import dev.coord.testkit.workload.Action;
import dev.coord.testkit.workload.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Owners who lock in any order, so that deadlocks come about all the time; each must end. */
public final class OwnersWorkload extends WorldWorkload {
    private static final Duration SETTLING = Duration.ofSeconds(20);

    private final boolean detects;

    /** Creates the workload with detection of deadlocks. */
    public OwnersWorkload() {
        this(true);
    }

    /**
     * Creates the workload.
     *
     * @param detects whether deadlocks are detected
     */
    OwnersWorkload(boolean detects) {
        super("owners");
        this.detects = detects;
    }

    @Override
    Scenario begin(World world, long seed) {
        return new Owners(world, new OwnerUse(world, detects));
    }

    private static final class Owners implements Scenario {
        private final World world;
        private final OwnerUse use;
        private final List<Action> actions = new ArrayList<>();
        private long followed = -1;

        Owners(World world, OwnerUse use) {
            this.world = world;
            this.use = use;
            actions.addAll(new SessionUse(world).actions(6));
            actions.addAll(use.actions());
            world.cluster.ids().forEach(peer -> world.open(peer, world.usualTtl()));
        }

        @Override
        public List<Action> actions() {
            return actions;
        }

        @Override
        public void checkStep() {
            if (world.cluster.committedEntries() != followed) {
                followed = world.cluster.committedEntries();
                world.log.follow();
                use.follow();
                use.checkBelief();
            }
        }

        @Override
        public void check() {
            world.throwFailure();
            use.checkBelief();
        }

        @Override
        public void finish() {
            use.drain();
            // What a crash left behind goes with its session.
            Duration limit = SETTLING.plus(world.longestTtl().multipliedBy(3));
            world.cluster.runUntil("the turn of everybody who waits", limit, use::isEverybodyServed);
            world.cluster.runUntil("an empty store", limit, use::isNothingLeft);
            check();
            world.cluster.assertReplicasAgree();
            world.history.assertAllComplete(Duration.ZERO);
        }
    }
}
