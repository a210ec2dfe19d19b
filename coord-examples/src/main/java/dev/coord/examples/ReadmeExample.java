package dev.coord.examples;

import dev.coord.Coord;
import dev.coord.kv.Op;
import dev.coord.kv.Txn;
import dev.coord.raft.CoordPeer;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import java.nio.file.Path;
import java.time.Duration;

/** Holds the sample of README.md, so that it compiles; a test keeps the two equal. */
public final class ReadmeExample {

    /** A ledger outside Coord that refuses a token smaller than one it has seen. */
    public interface Ledger {
        /**
         * Appends an entry.
         *
         * @param entry the entry
         * @param fencingToken the token of the lock under which it is written
         */
        void append(String entry, long fencingToken);
    }

    private ReadmeExample() {}

    /**
     * Runs one peer of three and writes under a lock.
     *
     * @param ledger the ledger
     * @param entry what to write
     * @throws InterruptedException if interrupted while waiting
     */
    public static void run(Ledger ledger, String entry) throws InterruptedException {
        // README begins
        try (CoordPeer peer = CoordPeer.builder()
                .id("n1")
                .members("n1=10.0.0.1:7101,n2=10.0.0.2:7101,n3=10.0.0.3:7101")
                .dataDirectory(Path.of("/var/lib/billing/coord"))
                .start()) {
            Coord coord = peer.coord();
            try (LockHandle lock = DistributedLock.on(coord, "/locks/ledger").acquire(Duration.ofSeconds(5))) {
                ledger.append(entry, lock.fencingToken()); // outside Coord: fenced
                Txn txn = coord.kv().txn().when(lock.guard());
                txn.then(Op.put("/ledger/head", entry)).commit(); // inside: guarded
            }
        }
        // README ends
    }
}
