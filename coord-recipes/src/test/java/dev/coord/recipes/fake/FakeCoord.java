package dev.coord.recipes.fake;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.lease.Leases;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** A handle: a session, a replica that follows the store, and a link that can be cut. */
public final class FakeCoord implements Coord {
    final FakeWorld world;
    final FakeSession session;
    final FakeKv kv;
    private final List<FakeWatch> watches = new ArrayList<>();
    private volatile boolean linked = true;
    private volatile long pausedUntil;
    private long applied;
    private long knownCommitted;
    private boolean closed;
    private int watchesStarted;

    FakeCoord(FakeWorld world, Duration ttl) {
        this.world = world;
        this.session = new FakeSession(this, ttl);
        this.kv = new FakeKv(this);
    }

    /** Cuts the link to the store, in both directions. */
    public void cut() {
        linked = false;
    }

    /** Mends the link. */
    public void heal() {
        linked = true;
        replicate(world.store().revision());
    }

    /** Stops the process for a while, as a collection of garbage does: nothing of it runs, the clock goes on. */
    public void pause(Duration time) {
        pausedUntil = world.now() + time.toNanos();
    }

    /** Makes the watches lose their history. */
    public void compactWatches() {
        watches.forEach(FakeWatch::loseHistory);
    }

    public int openWatches() {
        return (int) watches.stream().filter(watch -> !watch.isClosed()).count();
    }

    public int watchesStarted() {
        return watchesStarted;
    }

    @Override
    public FakeKv kv() {
        return kv;
    }

    @Override
    public Leases leases() {
        return new FakeLeases(this);
    }

    @Override
    public FakeSession session() {
        return session;
    }

    @Override
    public synchronized Watch watch(WatchSpec spec, WatchListener listener) {
        if (closed) {
            throw new ClosedException(Outcome.NOT_APPLIED, "handle");
        }
        watchesStarted++;
        FakeWatch watch = new FakeWatch(this, spec, listener);
        watches.removeIf(FakeWatch::isClosed);
        watches.add(watch);
        watch.advance();
        return watch;
    }

    @Override
    public Ticker ticker() {
        return world.ticker();
    }

    @Override
    public Scheduler scheduler() {
        return (delay, task) -> world.post(this, delay.toNanos(), task)::run;
    }

    @Override
    public Executor callbacks() {
        return task -> later(world.delay(), task);
    }

    @Override
    public void close() {
        closed = true;
        session.close();
        endWatches(new ClosedException(Outcome.NOT_APPLIED, "handle"));
    }

    /** Ends the watches that are open. */
    public void endWatches(CoordException cause) {
        List.copyOf(watches).forEach(watch -> watch.end(cause));
    }

    boolean isClosed() {
        return closed;
    }

    boolean isLinked() {
        return linked;
    }

    boolean isPaused() {
        return pausedUntil > world.now();
    }

    long pausedUntil() {
        return pausedUntil;
    }

    void later(long delayNanos, Runnable task) {
        world.post(this, delayNanos, task);
    }

    void replicate(long revision) {
        if (linked) {
            later(world.delay(), () -> {
                if (linked) {
                    applyUpTo(revision);
                }
            });
        }
    }

    void applyUpTo(long revision) {
        knownCommitted = Math.max(knownCommitted, revision);
        if (knownCommitted > applied) {
            applied = knownCommitted;
            List.copyOf(watches).forEach(FakeWatch::advance);
        }
    }

    long applied() {
        return applied;
    }
}
