package dev.coord.examples.ledger;

import dev.coord.CoordException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** What the services have done so far. */
final class Progress {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<LedgerEntry> acknowledged = new ArrayList<>();
    private final Story story;

    Progress(Story story) {
        this.story = story;
    }

    void elected(String name, long token) {
        story.tell(name + " is the elected leader, with fencing token " + token);
    }

    void ended(String name, CoordException cause) {
        story.tell("the service on " + name + " has ended: " + cause.getClass().getSimpleName());
    }

    void acknowledged(LedgerEntry entry) {
        lock.lock();
        try {
            acknowledged.add(entry);
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

    /** Waits until the acknowledged entries are as wanted. */
    void await(String what, Duration patience, Predicate<List<LedgerEntry>> wanted) throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (!wanted.test(acknowledged)) {
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
