package dev.coord.examples.ledger;

import static java.util.Objects.requireNonNull;

import dev.coord.CoordException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** What the services have done so far. */
final class Progress {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<LedgerEntry> acknowledged = new ArrayList<>();
    private final Map<LedgerEntry, Long> times = new HashMap<>();
    private final Set<String> ended = new HashSet<>();
    private final Story story;

    Progress(Story story) {
        this.story = story;
    }

    void elected(String name, long token) {
        story.tell(name + " is the elected leader, with fencing token " + token);
    }

    void ended(String name, CoordException cause) {
        story.tell("the service on " + name + " has ended: " + cause.getClass().getSimpleName());
        change(() -> ended.add(name));
    }

    void acknowledged(LedgerEntry entry) {
        change(() -> {
            acknowledged.add(entry);
            times.put(entry, story.nanos());
        });
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    List<LedgerEntry> acknowledged() {
        lock.lock();
        try {
            return List.copyOf(acknowledged);
        } finally {
            lock.unlock();
        }
    }

    /** When the entry was acknowledged, in the story's time. */
    long acknowledgedAt(LedgerEntry entry) {
        lock.lock();
        try {
            return requireNonNull(times.get(entry));
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the acknowledged entries are as wanted. */
    void await(String what, Duration patience, Predicate<List<LedgerEntry>> wanted) throws InterruptedException {
        await(what, patience, () -> wanted.test(acknowledged));
    }

    /** Waits until a service has ended by an error. */
    void awaitEnd(String name, Duration patience) throws InterruptedException {
        await("the end of the service on " + name, patience, () -> ended.contains(name));
    }

    private void await(String what, Duration patience, BooleanSupplier reached) throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (!reached.getAsBoolean()) {
                if (left <= 0) {
                    throw new DemoFailure("not in " + patience.toSeconds() + " s: " + what);
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
