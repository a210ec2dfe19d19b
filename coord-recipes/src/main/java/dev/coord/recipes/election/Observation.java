package dev.coord.recipes.election;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.QueuePath;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A running observation of an election. Usable from any thread. One watch of this peer's replica: it costs the cluster
 * nothing.
 */
public final class Observation implements AutoCloseable {
    private final Coord coord;
    private final QueuePath queue;
    private final LeaderListener listener;
    private final LeaderKeyListener leader = new LeaderKeyListener();

    private volatile @Nullable Watch watch;
    private volatile boolean closed;

    private Observation(Coord coord, QueuePath queue, LeaderListener listener) {
        this.coord = coord;
        this.queue = queue;
        this.listener = listener;
    }

    static Observation start(Coord coord, QueuePath queue, LeaderListener listener) {
        Observation observation = new Observation(coord, queue, listener);
        RangeQuery leaders = RangeQuery.of(queue.holders());
        Async.run(
                () -> coord.kv().rangeAsync(leaders, Consistency.sequential()),
                (state, failure) -> coord.callbacks().execute(() -> observation.begin(state, failure)));
        return observation;
    }

    private void begin(@Nullable RangeResult state, @Nullable Throwable failure) {
        if (state == null) {
            end(failure);
            return;
        }
        try {
            leader.tell(LeaderElection.leaderOf(queue, state));
        } finally {
            watchFrom(state.revision() + 1);
        }
    }

    private void watchFrom(long revision) {
        try {
            WatchSpec spec = WatchSpec.of(queue.holders()).from(revision).resyncing();
            Watch started = coord.watch(spec, leader);
            watch = started;
            if (closed) {
                started.close();
            }
        } catch (CoordException e) {
            end(e);
        }
    }

    private void end(@Nullable Throwable failure) {
        if (!closed) {
            closed = true;
            listener.onEnd(
                    failure instanceof CoordException error
                            ? error
                            : new UnavailableException("the leader of " + queue.path() + " cannot be read"));
        }
    }

    /**
     * Ends the observation. Does not wait; a call of the listener in progress is allowed to finish, and none follows it.
     * Safe to repeat.
     */
    @Override
    public void close() {
        closed = true;
        Watch running = watch;
        if (running != null) {
            running.close();
        }
    }

    /** Called by one thread at a time: by the first read, then by the watch. */
    private final class LeaderKeyListener implements WatchListener {
        private Optional<LeaderInfo> told = Optional.empty();
        private boolean toldAny;

        /** A leader's end and the next one's beginning may be one revision: what is put counts. */
        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            List<Entry> puts = new ArrayList<>();
            for (WatchEvent event : events) {
                Entry after = event.after();
                if (after != null) {
                    puts.add(after);
                }
            }
            tell(LeaderElection.leaderOf(queue, new RangeResult(revision, puts, puts.size())));
        }

        @Override
        public void onResync(RangeResult state) {
            try {
                if (!closed) {
                    listener.onGap();
                }
            } finally {
                tell(LeaderElection.leaderOf(queue, state));
            }
        }

        @Override
        public void onEnd(CoordException cause) {
            end(cause);
        }

        private void tell(Optional<LeaderInfo> now) {
            if (!closed && !(toldAny && now.equals(told))) {
                toldAny = true;
                told = now;
                listener.onLeader(now);
            }
        }
    }
}
