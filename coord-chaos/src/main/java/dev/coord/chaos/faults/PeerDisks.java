package dev.coord.chaos.faults;

import dev.coord.chaos.PeerProcess;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The disks of all peers of a run, shared by the faults that need them. */
final class PeerDisks {
    private final Map<String, PeerDisk> disks = new ConcurrentHashMap<>();

    /** Has the library preloaded when the peer starts; safe to repeat. */
    PeerDisk install(PeerProcess peer) throws IOException {
        PeerDisk disk = disks.get(peer.id());
        Map<String, String> environment = peer.launch().environment();
        if (disk == null) {
            cleanUp();
            disk = PeerDisk.open(peer.directory().resolve("disk-control"));
            disks.put(peer.id(), disk);
            peer.launch().preload(PreloadedLibrary.DISK.file().toString());
            environment.put(
                    Leftovers.OWNER, Long.toString(ProcessHandle.current().pid()));
        }
        environment.putAll(disk.environment(peer.dataDirectory(), peer.host()));
        return disk;
    }

    private void cleanUp() throws IOException {
        if (disks.isEmpty()) {
            try {
                Leftovers.remove();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                InterruptedIOException failure =
                        new InterruptedIOException("interrupted while what is left of other runs was removed");
                failure.initCause(e);
                throw failure;
            }
        }
    }

    /** The peer keeps its data elsewhere from its next start on. */
    void moved(PeerProcess peer) throws IOException {
        if (disks.containsKey(peer.id())) {
            install(peer);
        }
    }

    PeerDisk of(PeerProcess peer) {
        PeerDisk disk = disks.get(peer.id());
        if (disk == null) {
            throw new IllegalStateException("the disk of " + peer.id() + " was not prepared");
        }
        return disk;
    }
}
