package dev.coord.raft.internal.client;

import dev.coord.ClosedException;
import dev.coord.CompactedException;
import dev.coord.CoordException;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.raft.internal.store.Revision;
import dev.coord.raft.internal.store.View;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watch: a cursor in the history. The hub wakes it when something concerns it; then it reads from the cursor to the
 * hub's present and tells its listener, on a callback thread, one run at a time. Nothing is queued for it, so a slow
 * listener costs no memory; it falls behind in the history until that is compacted under it.
 */
final class HubWatch implements Watch {
    private static final Logger log = LoggerFactory.getLogger(HubWatch.class);

    private final WatchHub hub;
    private final long number;
    private final Executor callbacks;
    private final WatchSpec spec;
    private final WatchListener listener;
    private final Consumer<HubWatch> onShut;

    /** Wake-ups not yet worked off; whoever raises it from 0 starts a run. */
    private final AtomicInteger wakeUps = new AtomicInteger();

    /** The next revision to look at. Belongs to the run in progress, else to whoever starts one. */
    private final AtomicLong cursor;

    /** Up to where what woke the watch last was dispatched. Belongs to the hub's mailbox. */
    private long wokenTo = -1;

    private volatile boolean progressDue;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** The listener hears nothing more, not even of an end that came before the close. */
    private volatile boolean closedByUser;

    /** The hub matches every revision that it dispatches from now on. */
    private volatile boolean attached;

    /** What was delivered when the watch was closed; the hub does not tell it of later revisions. */
    private volatile long deliveredAtEnd;

    HubWatch(
            WatchHub hub,
            Executor callbacks,
            WatchSpec spec,
            WatchListener listener,
            long from,
            Consumer<HubWatch> onShut) {
        this.hub = hub;
        this.number = hub.nextNumber();
        this.callbacks = callbacks;
        this.spec = spec;
        this.listener = listener;
        this.cursor = new AtomicLong(from);
        this.onShut = onShut;
    }

    long number() {
        return number;
    }

    KeyRange range() {
        return spec.range();
    }

    long cursor() {
        return cursor.get();
    }

    boolean isClosed() {
        return closed.get();
    }

    /** Begins: the watch is in the hub's index. In the hub's mailbox. */
    void attach() {
        wake(cursor(), 0);
        attached = true;
    }

    /**
     * Says that a revision may concern the watch and none since its last run and before this one does. In the hub's mailbox.
     *
     * @param present the revision that the watch will read to at least; once woken to it, it need not be woken to it again
     */
    void wake(long revision, long present) {
        if (present == wokenTo || closed.get()) {
            return;
        }
        wokenTo = present;
        if (wakeUps.get() == 0 && revision > cursor()) {
            cursor.setRelease(revision);
        }
        if (wakeUps.getAndIncrement() == 0) {
            hub.ready(this);
        }
    }

    /** Says that a bookmark is due; everything up to the revision was dispatched. In the hub's mailbox. */
    void wakeForProgress(long dispatched) {
        if (closed.get()) {
            return;
        }
        if (wakeUps.get() == 0) {
            cursor.setRelease(Math.max(cursor(), dispatched + 1));
        }
        progressDue = true;
        if (wakeUps.getAndIncrement() == 0) {
            hub.ready(this);
        }
    }

    /** Tells what there is to tell, on a callback thread. */
    void run() {
        int seen = wakeUps.get();
        do {
            catchUp();
            seen = wakeUps.addAndGet(-seen);
        } while (seen != 0);
    }

    private void catchUp() {
        View view = hub.present();
        if (cursor() <= view.compactRevision()) {
            compacted(view);
        } else {
            readTo(view);
        }
        if (progressDue && !closed.get()) {
            progressDue = false;
            call(() -> listener.onProgress(cursor() - 1));
        }
    }

    /** Passes only what was delivered or does not concern the watch: a closed one stays where it is. */
    private void readTo(View view) {
        view.history().forEach(cursor(), (number, revision) -> {
            boolean passed = deliver(revision);
            if (passed) {
                cursor.setRelease(number + 1);
            }
            return passed;
        });
        if (!closed.get()) {
            cursor.setRelease(Math.max(cursor(), view.revision() + 1));
        }
    }

    /** Tells the listener what a revision changed in the range; false if the watch was closed before. */
    private boolean deliver(Revision revision) {
        List<WatchEvent> events = hub.events(revision, spec);
        if (events.isEmpty()) {
            return true;
        }
        if (progressDue) {
            progressDue = false;
        }
        if (!closed.get()) {
            hub.delivered(events.size());
        }
        return call(() -> listener.onChange(revision.number(), events));
    }

    private void compacted(View view) {
        if (!spec.resync()) {
            if (!closed.get()) {
                hub.compacted(false);
            }
            end(new CompactedException(cursor(), view.compactRevision()));
            return;
        }
        RangeResult state = view.range(RangeQuery.of(spec.range()));
        if (call(() -> listener.onResync(state))) {
            hub.compacted(true);
            cursor.setRelease(view.revision() + 1);
        }
    }

    /** Ends the watch by an error. */
    void end(CoordException cause) {
        if (shut()) {
            callbacks.execute(() -> {
                if (!closedByUser) {
                    safely(() -> listener.onEnd(cause));
                }
            });
        }
    }

    void endClosed() {
        end(new ClosedException(CoordException.Outcome.NOT_APPLIED, "the peer or handle of the watch was closed"));
    }

    private boolean shut() {
        long delivered = deliveredRevision();
        boolean first = closed.compareAndSet(false, true);
        if (first) {
            deliveredAtEnd = delivered;
            hub.remove(this);
            onShut.accept(this);
        }
        return first;
    }

    private boolean call(Runnable notification) {
        boolean open = !closed.get();
        if (open) {
            safely(notification);
        }
        return open;
    }

    private void safely(Runnable notification) {
        try {
            notification.run();
        } catch (RuntimeException | Error e) {
            log.warn("listener of a watch on {} failed; the watch goes on", spec.range(), e);
        }
    }

    @Override
    public long deliveredRevision() {
        long dispatched = hub.dispatched();
        if (closed.get()) {
            return Math.max(deliveredAtEnd, cursor() - 1);
        }
        return attached && wakeUps.get() == 0 ? Math.max(dispatched, cursor() - 1) : cursor() - 1;
    }

    @Override
    public void close() {
        closedByUser = true;
        shut();
    }

    @Override
    public String toString() {
        return "Watch(" + spec.range() + " delivered to " + deliveredRevision() + (closed.get() ? ", closed)" : ")");
    }
}
