package dev.coord.raft.internal.client;

import dev.coord.LimitExceededException;
import dev.coord.raft.internal.store.Change;
import dev.coord.raft.internal.store.Effect;
import dev.coord.raft.internal.store.RangeIndex;
import dev.coord.raft.internal.store.Revision;
import dev.coord.raft.internal.store.View;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Wakes the watches that a new revision concerns. Each change is matched once against an index of the watched ranges; a
 * watch reads what it missed from the history by itself, at its own pace ({@link HubWatch}).
 */
final class WatchHub implements Replica.Listener {
    private final PeerContext peer;
    private final Replica replica;
    private final int maxWatches;
    private final Duration progressInterval;
    private final Mailbox mailbox;
    private final RangeIndex<HubWatch> index = new RangeIndex<>();
    private final Set<HubWatch> watches = new LinkedHashSet<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicInteger wanted = new AtomicInteger();
    private final ReadyWatches ready;
    private final RevisionEvents events = new RevisionEvents();
    private boolean ticking;

    /** Every watch has been woken for what concerns it up to this revision. */
    private volatile long dispatched;

    WatchHub(PeerContext peer, Replica replica, int maxWatches, Duration progressInterval) {
        this.peer = peer;
        this.replica = replica;
        this.maxWatches = maxWatches;
        this.progressInterval = progressInterval;
        this.mailbox = new Mailbox(peer.work());
        this.ready = new ReadyWatches(peer.callbacks(), peer.ticker());
        this.dispatched = replica.view().revision();
    }

    /** What of a revision a watch is to be told. */
    List<WatchEvent> events(Revision revision, WatchSpec spec) {
        return events.of(revision, spec);
    }

    /** Runs a watch soon, on a callback thread. */
    void ready(HubWatch watch) {
        ready.add(watch);
    }

    long dispatched() {
        return dispatched;
    }

    /** What a watch that was woken reads: never older than what it was woken for. */
    View present() {
        return replica.view();
    }

    /** Notes events that were told. */
    void delivered(int events) {
        PeerMeasures measures = peer.measures();
        if (measures.isWatched()) {
            measures.watchEvents.add(events);
        }
    }

    /** Notes that history was compacted under a watch. */
    void compacted(boolean goesOn) {
        (goesOn ? peer.measures().resyncs : peer.measures().watchesCompacted).increment();
    }

    /** The number of a new watch: what concerns several is done in this order. */
    long nextNumber() {
        return numbers.incrementAndGet();
    }

    int count() {
        return count.get();
    }

    /** Takes a place among the watches, or throws {@link LimitExceededException}. */
    void reserve() {
        if (count.incrementAndGet() > maxWatches) {
            count.decrementAndGet();
            throw new LimitExceededException(
                    "more than " + maxWatches + " watches at this peer; close some or raise the limit");
        }
    }

    void add(HubWatch watch) {
        mailbox.run(() -> {
            if (!watch.isClosed()) {
                dispatch();
                watches.add(watch);
                index.add(watch.range(), watch);
                watch.attach();
                progressLater();
            }
        });
    }

    void remove(HubWatch watch) {
        count.decrementAndGet();
        mailbox.run(() -> {
            if (watches.remove(watch)) {
                index.remove(watch.range(), watch);
            }
        });
    }

    @Override
    public void advanced(View view, List<Effect> effects) {
        // Without watches nobody needs to be woken; the first one to be added catches up.
        if (count.get() > 0 && view.revision() != dispatched && wanted.getAndIncrement() == 0) {
            mailbox.post(this::dispatch);
        }
    }

    private void dispatch() {
        wanted.set(0);
        long from = dispatched;
        View to = replica.view();
        if (from < to.compactRevision()) {
            // Part of what happened is not in the history any more: every watch finds out for itself.
            watches.forEach(watch -> watch.wake(from + 1, to.revision()));
        } else if (!watches.isEmpty()) {
            Set<String> matched = new HashSet<>();
            to.history().forEach(from + 1, (number, revision) -> {
                match(revision, to.revision(), matched);
                return true;
            });
        }
        dispatched = to.revision();
    }

    /** Watches that were woken for a key will read all changes of it. */
    private void match(Revision revision, long present, Set<String> matched) {
        for (Change change : revision.changes()) {
            if (matched.add(change.key())) {
                index.forEachMatching(change.key(), watch -> watch.wake(revision.number(), present));
            }
        }
    }

    private void progressLater() {
        if (!ticking && !watches.isEmpty()) {
            ticking = true;
            peer.scheduler()
                    .schedule(
                            progressInterval,
                            () -> mailbox.post(() -> {
                                ticking = false;
                                long reached = dispatched;
                                watches.forEach(watch -> watch.wakeForProgress(reached));
                                progressLater();
                            }));
        }
    }
}
