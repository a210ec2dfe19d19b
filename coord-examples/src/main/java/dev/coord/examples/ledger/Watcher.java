package dev.coord.examples.ledger;

import dev.coord.Coord;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Follows the ledger on one peer and prints an entry now and then. */
final class Watcher implements WatchListener, AutoCloseable {
    private static final int EVERY = 100;

    private final String name;
    private final Story story;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<LedgerEntry> seen = new ArrayList<>();
    private final Watch watch;

    Watcher(String name, Coord coord, Story story) {
        this.name = name;
        this.story = story;
        this.watch = coord.watch(WatchSpec.of(Ledger.ENTRIES).from(1), this);
    }

    @Override
    public void onChange(long revision, List<WatchEvent> events) {
        for (WatchEvent event : events) {
            event.entry().map(LedgerEntry::of).ifPresent(this::saw);
        }
    }

    private void saw(LedgerEntry entry) {
        lock.lock();
        try {
            seen.add(entry);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (entry.number() == 1 || entry.number() % EVERY == 0) {
            story.tell(String.format(
                    "  the watcher on %s sees entry %d: %s, token %d", name, entry.number(), entry.id(), entry.token()));
        }
    }

    /** Waits until as many entries have been seen, and returns them. */
    List<LedgerEntry> await(int count, Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (seen.size() < count) {
                if (left <= 0) {
                    throw new DemoFailure("the watcher saw " + seen.size() + " of " + count + " entries in time");
                }
                left = changed.awaitNanos(left);
            }
            return List.copyOf(seen);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        watch.close();
    }
}
