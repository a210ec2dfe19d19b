package dev.coord.testkit.internal.sim;

import dev.coord.raft.internal.client.Watchful;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** One peer's process from its start to its crash: its clock, timers and threads, all of which a fault may hold up. */
final class Machine implements Ticker, Scheduler {
    /** How often a task of ours waits for a thread a while, so that tasks of several mailboxes overtake each other. */
    private static final double HESITATION = 0.06;

    private static final long LONGEST_HESITATION = 300_000;

    private final String id;
    private final int number;
    private final SimTime time;
    private final SimRandom random;
    private final Waits waits;
    private final ArrayDeque<SimTask> held = new ArrayDeque<>();
    private final double usualRate;
    private double rate;
    private long since;
    private long sinceLocal;
    private boolean paused;
    private boolean crashed;

    Machine(String id, int number, SimTime time, SimRandom random, Waits waits, double rate) {
        this.id = id;
        this.number = number;
        this.time = time;
        this.random = random;
        this.waits = waits;
        this.usualRate = rate;
        this.rate = rate;
        this.since = time.nanos();
        this.sinceLocal = random.nextLong() >> 2;
    }

    String id() {
        return id;
    }

    /** The peer's number, from 1. */
    int number() {
        return number;
    }

    boolean isPaused() {
        return paused;
    }

    boolean isCrashed() {
        return crashed;
    }

    /** Whether it runs now. */
    boolean isUp() {
        return !paused && !crashed;
    }

    // ---- its clock

    @Override
    public long nanos() {
        // Whatever is done through a handle begins with a look at the clock: who may not is refused before anything
        // happens.
        time.checkTurn();
        return sinceLocal + (long) ((time.nanos() - since) * rate);
    }

    /** The first moment of the simulation at which this clock has reached a reading. */
    long globalAt(long local) {
        double wait = Math.ceil((local - sinceLocal) / rate);
        return SimTime.saturatedSum(since, (long) Math.min(wait, SimTime.END / 2.0)) + 1;
    }

    void rate(double newRate) {
        sinceLocal = nanos();
        since = time.nanos();
        rate = newRate;
        time.retime(this);
    }

    /** Lets the clock run as fast as it did at first, off by its own drift. */
    void usualRate() {
        rate(usualRate);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        long local = nanos() + Math.min(SimTime.nanosOf(delay), SimTime.END / 2);
        return time.at(globalAt(local), new SimTask(time, this, SimTask.Kind.TIMER, local, task));
    }

    @Override
    public void await(CompletableFuture<?> future) throws InterruptedException {
        waits.await(future);
    }

    // ---- its threads

    /** Runs the peer's own work; one task may overtake another. */
    Executor work() {
        return new Watchful() {
            @Override
            public void execute(Runnable task) {
                Machine.this.execute(SimTask.Kind.WORK, task);
            }

            @Override
            public void internalError(Throwable error) {
                time.fail(error);
            }
        };
    }

    /** Runs the user's code; one task may overtake another. */
    Executor callbacks() {
        return task -> execute(SimTask.Kind.CALLBACK, task);
    }

    /** Takes what arrives, in order. */
    Executor network() {
        return task -> time.atOnce(new SimTask(time, this, SimTask.Kind.MESSAGE, 0, task));
    }

    private void execute(SimTask.Kind kind, Runnable task) {
        time.checkTurn();
        SimTask wanted = new SimTask(time, this, kind, 0, task);
        if (!crashed && random.chance(HESITATION)) {
            time.at(time.nanos() + random.below(LONGEST_HESITATION), wanted);
        } else {
            time.atOnce(wanted);
        }
    }

    /**
     * Whether a task that is due may run. Paused, it waits. Crashed, only what tells callers that their operations came to
     * nothing still runs: as the peer is off the network, nobody else can notice.
     */
    boolean admits(SimTask task) {
        if (crashed) {
            return task.kind == SimTask.Kind.WORK || task.kind == SimTask.Kind.CALLBACK;
        }
        if (paused) {
            held.add(task);
        }
        return !paused;
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        held.forEach(time::atOnce);
        held.clear();
    }

    void crash() {
        crashed = true;
        resume();
    }
}
