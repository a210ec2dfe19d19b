package dev.coord.examples.ledger;

import dev.coord.Coord;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.LeaderInfo;
import dev.coord.recipes.election.Observation;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Follows the ledger and its leaders on one peer, and prints an entry now and then. */
final class Watcher implements WatchListener, AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(1200);

    private final String name;
    private final Story story;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<LedgerEntry> seen = new ArrayList<>();
    private final List<LeaderInfo> leaders = new CopyOnWriteArrayList<>();
    private final Watch watch;
    private final Observation observation;
    private String lastTold = "";
    private long lastTellingAt;

    Watcher(String name, Coord coord, Story story) {
        this.name = name;
        this.story = story;
        this.watch = coord.watch(WatchSpec.of(Ledger.ENTRIES).from(1), this);
        this.observation =
                LeaderElection.on(coord, LedgerService.ELECTION).observe(leader -> leader.ifPresent(leaders::add));
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
        if (!entry.author().equals(lastTold) || story.nanos() - lastTellingAt > PAUSE.toNanos()) {
            lastTold = entry.author();
            lastTellingAt = story.nanos();
            story.tell("  the watcher on " + name + " sees entry " + entry.number() + ": " + entry.id() + ", token "
                    + entry.token());
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

    /** The elected leaders seen so far. */
    List<LeaderInfo> leaders() {
        return leaders;
    }

    @Override
    public void close() {
        watch.close();
        observation.close();
    }
}
