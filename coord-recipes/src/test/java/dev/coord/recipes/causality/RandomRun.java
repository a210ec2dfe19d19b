package dev.coord.recipes.causality;

import java.util.Random;

/**
 * A random execution with its happened-before found by brute force: the history of an event is the set of all events that happened
 * before it, and itself, as bits of a number.
 */
final class RandomRun {
    static final String[] PROCESSES = {"p", "q", "r", "s"};

    final int size;
    final int[] process;
    final long[] history;
    final VectorClock[] vector;
    final LamportClock[] lamport;

    RandomRun(Random random, int maxSize) {
        size = 1 + random.nextInt(maxSize);
        process = new int[size];
        history = new long[size];
        vector = new VectorClock[size];
        lamport = new LamportClock[size];
        int processes = 1 + random.nextInt(PROCESSES.length);
        int[] last = {-1, -1, -1, -1};
        for (int event = 0; event < size; event++) {
            int p = random.nextInt(processes);
            // Any earlier event may have sent a message that comes now: late, out of order, or again.
            int sent = event > 0 && random.nextInt(3) > 0 ? random.nextInt(event) : -1;
            process[event] = p;
            history[event] = 1L << event | historyOf(last[p]) | historyOf(sent);
            stamp(event, last[p], sent);
            last[p] = event;
        }
    }

    private long historyOf(int event) {
        return event < 0 ? 0 : history[event];
    }

    private void stamp(int event, int last, int sent) {
        String name = PROCESSES[process[event]];
        VectorClock clock = last < 0 ? VectorClock.empty() : vector[last];
        LamportClock time = last < 0 ? LamportClock.of(name) : lamport[last];
        vector[event] = sent < 0 ? clock.tick(name) : clock.receive(name, vector[sent]);
        lamport[event] = sent < 0 ? time.tick() : time.receive(lamport[sent]);
    }

    boolean happenedBefore(int a, int b) {
        return a != b && (history[b] >> a & 1) == 1;
    }
}
