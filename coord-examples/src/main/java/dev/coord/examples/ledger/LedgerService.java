package dev.coord.examples.ledger;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One instance of a service of which the elected one writes the ledger. Stands for election, and while it leads appends
 * entry after entry: each under the lock, guarded by leadership and lock.
 */
final class LedgerService implements AutoCloseable {
    static final String ELECTION = "/elections/ledger";
    private static final String LOCK = "/locks/ledger";

    private final String name;
    private final LeaderElection election;
    private final DistributedLock lock;
    private final Ledger ledger;
    private final Archive archive;
    private final Progress progress;
    private final Thread thread;
    private volatile @Nullable Leadership leadership;
    private volatile boolean closed;
    private int written;

    LedgerService(String name, Coord coord, Archive archive, Progress progress) {
        this.name = name;
        this.election = LeaderElection.on(coord, ELECTION);
        this.lock = DistributedLock.on(coord, LOCK).withHolder(name);
        this.ledger = new Ledger(coord);
        this.archive = archive;
        this.progress = progress;
        this.thread = new Thread(this::run, "ledger-" + name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!closed) {
                try (Leadership elected = election.campaign(name)) {
                    leadership = elected;
                    progress.elected(name, elected.term());
                    lead(elected);
                }
            }
        } catch (CoordException e) {
            progress.ended(name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lead(Leadership elected) throws InterruptedException {
        long number = ledger.lastNumber() + 1;
        while (!closed && elected.isValid() && append(number, elected)) {
            number++;
        }
    }

    private boolean append(long number, Leadership elected) throws InterruptedException {
        try (LockHandle held = lock.acquire()) {
            LedgerEntry entry = new LedgerEntry(number, name + "#" + ++written, name, elected.fencingToken());
            boolean done = ledger.append(entry, elected, held);
            if (done) {
                progress.acknowledged(entry);
                archive.store(entry);
            }
            return done;
        }
    }

    /** The leadership this service has or had last. */
    Optional<Leadership> lastLeadership() {
        return Optional.ofNullable(leadership);
    }

    boolean leads() {
        return lastLeadership().filter(Leadership::isValid).isPresent();
    }

    /** Stops after the entry at hand. */
    @Override
    public void close() {
        closed = true;
        if (!leads()) {
            thread.interrupt(); // it waits for election
        }
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
