package dev.coord.recipes.swim;

import dev.coord.recipes.detector.DetectorConfig;
import dev.coord.recipes.detector.FailureDetector;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Measures a detector of heartbeats under conditions. Each member sends one a second to its {@value #SUCCESSORS} successors in
 * a ring, which watch it; nobody tells anybody else. A death is known when those of them that live know it.
 *
 * <p>A detector is asked before each heartbeat that comes after more than two intervals (none of these suspects sooner), and at
 * a crash, when it becomes suspicious is searched for: so no mistake escapes, as one that looked every now and then would let
 * some.
 */
final class HeartbeatTrial {
    static final int SUCCESSORS = 3;
    private static final long INTERVAL = Conditions.SECOND;
    private static final int SIZE = Conditions.MEMBERS;
    private static final int BEAT = 0;
    private static final int DELIVER = 1;
    private static final int PAUSE = 2;
    private static final int CRASH = 3;
    private static final int RESTART = 4;

    private final DetectorConfig config;
    private final EventQueue queue = new EventQueue();
    private final SplittableRandom random;
    private final Network network;
    private final Tally tally = new Tally();

    /** By watched member and place of the watcher after it. */
    private final FailureDetector[] detectors = new FailureDetector[SIZE * SUCCESSORS];

    private final long[] heard = new long[SIZE * SUCCESSORS];
    private final long[] pausedUntil = new long[SIZE];
    private final boolean[] down = new boolean[SIZE];
    private final int[] life = new int[SIZE];
    private int victim;
    private long now;

    HeartbeatTrial(DetectorConfig config, Conditions conditions, long seed) {
        this.config = config;
        this.random = new SplittableRandom(seed);
        this.network = new Network(random.split(), SIZE);
        conditions.apply(network);
        Arrays.setAll(detectors, i -> config.newDetector());
    }

    Tally run(long nanos) {
        for (int i = 0; i < SIZE; i++) {
            queue.push(random.nextLong(INTERVAL), BEAT, i, 0, null);
        }
        run(Conditions.WARM_UP, false);
        for (int i = 0; i < SIZE; i++) {
            pauseLater(i);
        }
        long rounds = Math.max(1, nanos / Conditions.BETWEEN_CRASHES);
        for (long i = 0; i < rounds; i++) {
            queue.push(now, CRASH, 0, 0, null);
            queue.push(now + Conditions.DOWN, RESTART, 0, 0, null);
            run(Conditions.BETWEEN_CRASHES, true);
        }
        tally.nanos = rounds * Conditions.BETWEEN_CRASHES;
        return tally;
    }

    private void run(long nanos, boolean counts) {
        long end = now + nanos;
        while (queue.nextTime() <= end) {
            queue.take();
            now = queue.time;
            int to = queue.to;
            int from = queue.from;
            switch (queue.kind) {
                case BEAT -> beat(to, from, counts);
                case DELIVER -> deliver(to, from, counts);
                case PAUSE -> {
                    pausedUntil[to] = now + Conditions.PAUSE;
                    pauseLater(to);
                }
                case CRASH -> crash();
                default -> restart();
            }
        }
        now = end;
    }

    private void pauseLater(int member) {
        long wait = (long) (-Conditions.BETWEEN_PAUSES * Math.log(1 - random.nextDouble()));
        queue.push(now + wait, PAUSE, member, 0, null);
    }

    private void beat(int member, int ofLife, boolean counts) {
        if (down[member] || ofLife != life[member]) {
            return;
        }
        if (pausedUntil[member] > now) {
            queue.push(pausedUntil[member], BEAT, member, ofLife, null);
            return;
        }
        for (int place = 0; place < SUCCESSORS; place++) {
            tally.messages += counts ? 1 : 0;
            if (!network.loses()) {
                queue.push(now + network.delay(), DELIVER, member, place, null);
            }
        }
        queue.push(now + INTERVAL, BEAT, member, ofLife, null);
    }

    private static int watcher(int member, int place) {
        return (member + 1 + place) % SIZE;
    }

    private void deliver(int member, int place, boolean counts) {
        int watcher = watcher(member, place);
        if (down[watcher] || down[member]) {
            return;
        }
        if (pausedUntil[watcher] > now) {
            queue.push(pausedUntil[watcher], DELIVER, member, place, null);
            return;
        }
        int pair = member * SUCCESSORS + place;
        boolean isLate = now - heard[pair] > 2 * INTERVAL;
        tally.falsePositives += counts && isLate && detectors[pair].isSuspected(now) ? 1 : 0;
        detectors[pair].heartbeat(now);
        heard[pair] = now;
    }

    private void crash() {
        victim = random.nextInt(SIZE);
        down[victim] = true;
        tally.crashed(now);
    }

    /** Looks when each watcher came to know, and lets both the one that had crashed and its own watch begin anew. */
    private void restart() {
        int unaware = 0;
        for (int place = 0; place < SUCCESSORS; place++) {
            FailureDetector detector = detectors[victim * SUCCESSORS + place];
            if (detector.isSuspected(now)) {
                tally.detected(suspectedSince(detector));
            } else {
                unaware++;
            }
            detectors[victim * SUCCESSORS + place] = config.newDetector();
            detectors[Math.floorMod(victim - 1 - place, SIZE) * SUCCESSORS + place] = config.newDetector();
        }
        tally.crashEnds(unaware);
        down[victim] = false;
        life[victim]++;
        queue.push(now, BEAT, victim, life[victim], null);
    }

    private long suspectedSince(FailureDetector detector) {
        long not = now - Conditions.DOWN - 1;
        long is = now;
        if (detector.isSuspected(not)) {
            return not + 1;
        }
        while (is - not > 1) {
            long middle = not + (is - not) / 2;
            if (detector.isSuspected(middle)) {
                is = middle;
            } else {
                not = middle;
            }
        }
        return is;
    }
}
