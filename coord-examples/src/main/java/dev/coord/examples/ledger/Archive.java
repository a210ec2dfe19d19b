package dev.coord.examples.ledger;

import dev.coord.FencedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** A resource outside Coord, such as a file server: it keeps the greatest token it has seen and refuses smaller ones. */
final class Archive {
    private final ReentrantLock lock = new ReentrantLock();
    private final List<LedgerEntry> entries = new ArrayList<>();
    private long greatestToken;

    void store(LedgerEntry entry) {
        lock.lock();
        try {
            if (entry.token() < greatestToken) {
                throw new FencedException("token " + entry.token() + " is older than " + greatestToken);
            }
            greatestToken = entry.token();
            entries.add(entry);
        } finally {
            lock.unlock();
        }
    }

    List<LedgerEntry> entries() {
        lock.lock();
        try {
            return List.copyOf(entries);
        } finally {
            lock.unlock();
        }
    }
}
