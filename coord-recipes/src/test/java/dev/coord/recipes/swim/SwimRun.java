package dev.coord.recipes.swim;

import dev.coord.recipes.swim.SwimEvent.Kind;
import dev.coord.recipes.swim.SwimWorld.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One seed: members start, and faults of all kinds happen to them; then they stop, but for old datagrams that come again, and within a bound all live members must
 * agree with the truth, and go on to; then one crashes, and within a bound all must know. Each observer's events must make
 * sense all the time.
 */
final class SwimRun {
    private static final long SECOND = SwimWorld.SECOND;
    private static final SwimConfig CONFIG = SwimConfig.local();
    private static final int FAULTS = 25;

    private final long seed;
    private final SplittableRandom random;
    private final SwimWorld world;
    private final int size;
    private final boolean[][] active;
    private final boolean[][] suspect;
    private final long[][] instance;
    private final List<String> story = new ArrayList<>();
    private String nonsense = "";
    private boolean quiet;

    SwimRun(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed ^ 0x5DEECE66DL);
        this.size = 2 + random.nextInt(9);
        this.world = new SwimWorld(CONFIG, size, seed);
        this.active = new boolean[size][size];
        this.suspect = new boolean[size][size];
        this.instance = new long[size][size];
        world.requests = random.nextInt(4) == 0;
        world.replays = random.nextInt(3) * 0.2;
        world.watch(this::event);
    }

    /**
     * Within which, once faults have stopped, all agree: the longest suspicion, two rounds of probes and four exchanges of all
     * that is known.
     */
    static long agreement(SwimConfig config, int size) {
        long probe = config.probeInterval().toNanos();
        return suspicion(config, size)
                + 2L * (2 * size - 1) * probe
                + 4 * config.syncInterval().toNanos();
    }

    /** Within which all know of a crash while nothing else happens: two rounds of probes, the longest suspicion, one exchange. */
    static long detection(SwimConfig config, int size) {
        long probe = config.probeInterval().toNanos();
        return suspicion(config, size)
                + (2L * size - 1) * probe
                + config.syncInterval().toNanos();
    }

    private static long suspicion(SwimConfig config, int size) {
        double min = config.suspicionMultiplier()
                * Math.max(1, Math.log10(size))
                * config.probeInterval().toNanos();
        return (long) (min * config.suspicionMaxFactor());
    }

    /** Runs; returns what is wrong, in a line, or nothing. */
    String run() {
        world.network.set(500_000, 2_000_000 * random.nextDouble(), 0);
        startSome();
        for (int i = 0; i < FAULTS; i++) {
            fault();
            world.run((long) (random.nextDouble() * 1.5 * SECOND));
        }
        calm();
        world.run(agreement(CONFIG, size));
        String wrong = wrong("they do not agree: ", world.disagreement());
        quiet = true;
        world.run(5 * SECOND);
        if (wrong.isEmpty() && world.up().size() > 1) {
            wrong = crashOne();
        }
        return nonsense.isEmpty() ? wrong : nonsense;
    }

    private String crashOne() {
        List<Node> up = world.up();
        Node victim = up.get(random.nextInt(up.size()));
        down(victim);
        world.run(detection(CONFIG, up.size()));
        return wrong("the crash of " + victim + " is not known: ", world.disagreement());
    }

    private String wrong(String what, String details) {
        return details.isEmpty() ? "" : what + details + " (seed " + seed + ", " + size + " members) after " + story;
    }

    private void startSome() {
        for (Node node : world.nodes) {
            if (node.index < 2 || random.nextInt(4) > 0) {
                up(node);
            }
        }
    }

    private void up(Node node) {
        Arrays.fill(active[node.index], false);
        Arrays.fill(suspect[node.index], false);
        node.metadata = new byte[random.nextInt(20)];
        random.nextBytes(node.metadata);
        node.start();
    }

    private void down(Node node) {
        node.crash();
    }

    private void fault() {
        Node node = world.nodes[random.nextInt(size)];
        int choice = random.nextInt(9);
        story.add(choice + ":" + node);
        switch (choice) {
            case 0 -> down(node);
            case 1, 2 -> restart(node);
            case 3 -> node.pause(random.nextLong(4 * SECOND));
            case 4 -> node.stall(random.nextLong(8 * SECOND));
            case 5 -> world.network.setLoss(random.nextInt(2) * random.nextDouble() * 0.6);
            case 6 -> partition();
            case 7 -> world.network.heal();
            default -> change(node);
        }
    }

    private void restart(Node node) {
        if (node.isUp() && random.nextBoolean()) {
            down(node);
        }
        if (!node.isUp()) {
            up(node);
        }
    }

    private void partition() {
        for (int i = 0; i < size; i++) {
            world.network.side(i, random.nextInt(2));
        }
    }

    private void change(Node node) {
        if (!node.isUp() || node.isPaused()) {
            return;
        }
        if (random.nextInt(3) == 0) {
            node.leave();
        } else if (node.isMember()) {
            byte[] text = new byte[random.nextInt(30)];
            random.nextBytes(text);
            node.describe(text);
        }
    }

    /** Ends all faults; of those that are gone for good one is sure to be up, so that the others can find together. */
    private void calm() {
        world.network.heal();
        world.network.setLoss(0);
        for (Node node : world.nodes) {
            if (node.isUp()) {
                node.pause(0);
                node.stall(0);
            }
        }
        for (Node seed : List.of(world.nodes[0], world.nodes[1])) {
            if (!seed.isMember()) {
                down(seed);
                up(seed);
            }
        }
    }

    private void event(Node observer, Kind kind, Peer subject) {
        int of = SwimWorld.index(subject.text());
        boolean[] isActive = active[observer.index];
        boolean[] isSuspect = suspect[observer.index];
        boolean sensible = switch (kind) {
            case JOINED -> !isActive[of];
            case UPDATED, FAILED, LEFT -> isActive[of];
            case SUSPECTED -> isActive[of] && !isSuspect[of];
            case CLEARED -> isActive[of] && isSuspect[of];
        };
        sensible &= kind == Kind.JOINED || subject.instance == instance[observer.index][of];
        instance[observer.index][of] = subject.instance;
        if (!sensible) {
            nonsense = observer + " is told " + kind + " of " + subject + " (seed " + seed + ")";
        }
        isActive[of] = kind != Kind.FAILED && kind != Kind.LEFT;
        isSuspect[of] = kind == Kind.SUSPECTED || (kind == Kind.UPDATED && isSuspect[of]);
        Node node = world.nodes[of];
        if (quiet && kind == Kind.FAILED && observer.isMember() && node.isUp() && node.instance == subject.instance) {
            nonsense = observer + " takes live " + subject + " for dead in a quiet network (seed " + seed + ")";
        }
    }
}
