package dev.coord.testkit.workload;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The character of one seed: which faults it knows, how often, how long they last, and how fast things follow each other.
 * Each seed switches some off, as rare combinations hide behind frequent ones (Groce et al., <i>Swarm testing</i>, 2012).
 */
final class Profile {
    /** What a seed is about. */
    private enum Mood {
        CALM,
        MIXED,
        STORMY,
        LONG_PAUSES,
        RESTLESS_LEADERS,
        BAD_NETWORK,
        LAGGING
    }

    private static final List<Integer> PEERS = List.of(3, 3, 3, 3, 3, 3, 3, 5, 5, 1);
    private static final long LONG_NANOS = 10_000_000_000L;

    final int peers;
    final int actions;
    private final Mood mood;
    private final SplittableRandom random;
    private final long ttlNanos;
    private final boolean pauses;
    private final double tempoNanos;
    private final Set<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);

    Profile(long seed, Workload workload) {
        random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 1);
        ttlNanos = workload.timeToLive(seed).toNanos();
        pauses = workload.alwaysPauses();
        mood = Mood.values()[random.nextInt(Mood.values().length)];
        peers = PEERS.get(random.nextInt(PEERS.size()));
        actions = 40 + random.nextInt(120);
        tempoNanos = ttlNanos * Math.pow(10, -3.8 + 3 * random.nextDouble());
        for (FaultKind kind : FaultKind.values()) {
            if (random.nextInt(4) > 0) {
                kinds.add(kind);
            }
        }
    }

    SplittableRandom random() {
        return random;
    }

    /** How often a fault of this kind is chosen, among workload's actions that weigh 100 together. */
    int weight(FaultKind kind) {
        boolean on = kinds.contains(kind);
        int usual = kind == FaultKind.SKEW ? 1 : 2;
        if (pauses && kind == FaultKind.PAUSE) {
            return 10;
        }
        return switch (mood) {
            case CALM -> 0;
            case MIXED -> on ? usual : 0;
            case STORMY -> on ? 3 * usual : usual;
            case LONG_PAUSES -> kind == FaultKind.PAUSE ? 10 : on ? 1 : 0;
            case RESTLESS_LEADERS ->
                kind == FaultKind.ELECT ? 12 : kind == FaultKind.CUT || kind == FaultKind.ISOLATE ? 3 : on ? 1 : 0;
            case BAD_NETWORK ->
                kind == FaultKind.DISTURB ? 6 : kind == FaultKind.CUT || kind == FaultKind.PARTITION ? 3 : on ? 1 : 0;
            case LAGGING -> kind == FaultKind.DELAY_REPLICA || kind == FaultKind.INSTALL_SNAPSHOT ? 6 : on ? 1 : 0;
        };
    }

    /** Whether leases last so long that whoever tries again and again meanwhile costs too much. */
    boolean isSlow() {
        return ttlNanos > LONG_NANOS;
    }

    /** How long a fault lasts: around some round trips or, if it may, around the time to live. */
    long faultNanos(SplittableRandom of, boolean mayOutlast) {
        boolean outlasts = of.nextInt(pauses || mood == Mood.LONG_PAUSES ? 2 : 5) == 0;
        return outlasts && mayOutlast
                ? (long) (ttlNanos * (0.2 + 2.3 * of.nextDouble()))
                : (long) (1e6 * Math.pow(10, 3 * of.nextDouble()));
    }

    /** The time until the next action; several at once meet in one entry of the log. */
    long waitNanos() {
        return random.nextInt(4) == 0 ? 0 : (long) (-Math.log(1 - random.nextDouble()) * tempoNanos);
    }

    @Override
    public String toString() {
        return mood.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ", " + peers + " peers";
    }
}
