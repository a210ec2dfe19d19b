package dev.coord.recipes.swim;

import dev.coord.recipes.swim.SwimWorld.Node;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * The experiment of the Lifeguard paper (§V): a few members stall again and again, in that what they send and receive is held
 * up while their timers run; how often are healthy members taken for dead?
 */
final class StallTrial {
    private static final long SECOND = SwimWorld.SECOND;

    /** A tenth of the members stalls, for 1 to 32 s each time, and works for 5 to 15 s in between. */
    static final int STALLING = 10;

    private static final long LEAST_STALL = SECOND;
    private static final long MORE_STALL = 31 * SECOND;
    /** One of the others crashes every 5 minutes, and is to be found by the end of this time, when it starts again. */
    private static final long DOWN = 150 * SECOND;

    private static final long BETWEEN_CRASHES = 300 * SECOND;
    private static final long LEAST_WORK = 5 * SECOND;
    private static final long MORE_WORK = 10 * SECOND;

    /**
     * What came of it.
     *
     * @param atAll healthy members taken for dead, by each observer and each time
     * @param atHealthy those by healthy observers
     * @param deaths how often a healthy member crashed meanwhile
     * @param missed how many healthy observers did not know of one after {@link #DOWN}
     */
    record Outcome(long atAll, long atHealthy, int deaths, int missed, double hours) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d by all, %d by healthy members in %.1f hours; %d of %d deaths not known to all healthy in time",
                    atAll,
                    atHealthy,
                    hours,
                    missed,
                    deaths);
        }
    }

    private final SwimWorld world;
    private final SplittableRandom random;
    private long atAll;
    private long atHealthy;

    StallTrial(SwimConfig config, long seed) {
        world = new SwimWorld(config, Conditions.MEMBERS, seed);
        random = world.random.split();
    }

    Outcome run(long nanos) {
        new Conditions(1, 0).apply(world.network);
        world.startAll();
        world.run(Conditions.WARM_UP);
        world.watch(this::event);
        for (int i = 0; i < STALLING; i++) {
            stallLater(world.nodes[Conditions.MEMBERS - 1 - i]);
        }
        int missed = 0;
        int deaths = (int) Math.max(1, nanos / BETWEEN_CRASHES);
        for (int i = 0; i < deaths; i++) {
            Node victim = world.nodes[random.nextInt(Conditions.MEMBERS - STALLING)];
            victim.crash();
            world.run(DOWN);
            missed += unaware(victim);
            victim.start();
            world.run(BETWEEN_CRASHES - DOWN);
        }
        return new Outcome(atAll, atHealthy, deaths, missed, deaths * BETWEEN_CRASHES / 3600.0 / SECOND);
    }

    private int unaware(Node victim) {
        int unaware = 0;
        for (Node node : world.up()) {
            Peer view = node.view(victim);
            unaware += isHealthy(node.index) && view != null && view.isActive() ? 1 : 0;
        }
        return unaware;
    }

    private void stallLater(Node node) {
        world.at(world.now + LEAST_WORK + random.nextLong(MORE_WORK), () -> {
            long stall = LEAST_STALL + random.nextLong(MORE_STALL);
            node.stall(stall);
            world.at(world.now + stall, () -> stallLater(node));
        });
    }

    private static boolean isHealthy(int index) {
        return index < Conditions.MEMBERS - STALLING;
    }

    private void event(Node observer, SwimEvent.Kind kind, Peer subject) {
        int of = SwimWorld.index(subject.text());
        Node node = world.nodes[of];
        if (kind == SwimEvent.Kind.FAILED && isHealthy(of) && node.isUp() && node.instance == subject.instance) {
            atAll++;
            atHealthy += isHealthy(observer.index) ? 1 : 0;
        }
    }
}
