package dev.coord.chaos.faults;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Injection;
import dev.coord.chaos.Machine;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A disk that is really full: each peer keeps its data on a small file system in memory. */
final class DiskFull implements Fault {
    /** The peer wants 64 MiB free when it opens its log. */
    private static final int MEBIBYTES = 224;

    private final PeerDisks peerDisks;
    private final Map<String, SmallDisk> disks = new ConcurrentHashMap<>();

    DiskFull(PeerDisks peerDisks) {
        this.peerDisks = peerDisks;
    }

    @Override
    public String kind() {
        return "disk-full";
    }

    @Override
    public Optional<String> obstacle(Machine machine) {
        return SmallDisk.obstacle(machine);
    }

    @Override
    public void prepare(PeerProcess peer) throws IOException {
        if (disks.containsKey(peer.id())) {
            return;
        }
        Path mount = peer.directory().resolve("small-disk");
        try {
            if (disks.isEmpty()) {
                SmallDisk.removeLeftovers();
                Leftovers.closeAtExit(this::close);
            }
            disks.put(peer.id(), SmallDisk.mount(mount, MEBIBYTES));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        peer.launch()
                .properties()
                .put("coord.data-directory", mount.resolve("data").toString());
        peerDisks.moved(peer);
    }

    private static InterruptedIOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException failure = new InterruptedIOException("interrupted while a disk was mounted");
        failure.initCause(e);
        return failure;
    }

    @Override
    public Injection inject(Scene scene) throws IOException {
        SmallDisk disk = disks.get(scene.target().id());
        if (disk == null) {
            throw new IllegalStateException("the disk of " + scene.target().id() + " was not prepared");
        }
        long filled = disk.fill();
        long left = disk.usableBytes();
        return () -> {
            disk.free();
            String what = filled + " bytes filled the disk of " + scene.target().id() + ", " + left + " were left";
            return left < 4096 ? Proof.of(what) : Proof.none(what);
        };
    }

    @Override
    public void close() throws IOException {
        try {
            for (SmallDisk disk : disks.values()) {
                disk.unmount();
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        disks.clear();
    }
}
