package dev.coord.bench.side;

import dev.coord.CoordException;
import dev.coord.raft.CoordPeer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/** A peer of Coord in a process of its own, with the settings it comes with. It runs until it is killed. */
final class CoordMember {
    private CoordMember() {}

    /**
     * Runs a peer.
     *
     * @param args the directory, the peer's id, all members, and a file to write when it takes part
     * @throws Exception if it cannot be started
     */
    public static void main(String[] args) throws Exception {
        try (CoordPeer peer = start(Path.of(args[0]), args[1], args[2])) {
            awaitSession(peer);
            Files.writeString(Path.of(args[3]), args[1]);
            new CountDownLatch(1).await();
        }
    }

    private static void awaitSession(CoordPeer peer) throws InterruptedException {
        while (true) {
            try {
                peer.coord();
                return;
            } catch (CoordException e) {
                // The others are not up yet, or were not in time.
                LoggerFactory.getLogger(CoordMember.class).debug("{} waits", peer, e);
            }
        }
    }

    static CoordPeer start(Path directory, String id, String members) {
        return CoordPeer.builder()
                .id(id)
                .members(members)
                .dataDirectory(directory.resolve(id))
                .start();
    }
}
