package dev.coord.chaos.faults;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Injection;
import dev.coord.chaos.Machine;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A disk that fails, fills up, is read-only, slow or stuck, for the target alone, by the preloaded library. */
final class DiskTrouble implements Fault {

    /** What is wrong with the disk. */
    enum Kind {
        SYNC_FAILS("disk-sync-eio") {
            @Override
            void begin(PeerDisk disk, RandomGenerator random) {
                disk.fail(Call.SYNC, Errno.EIO);
            }
        },
        SYNC_FAILS_ONCE("disk-sync-eio-once") {
            @Override
            void begin(PeerDisk disk, RandomGenerator random) {
                disk.fail(Call.SYNC, Errno.EIO, random.nextInt(3), 1);
            }
        },
        WRITE_FAILS("disk-write-eio") {
            @Override
            void begin(PeerDisk disk, RandomGenerator random) {
                disk.fail(Call.WRITE, Errno.EIO);
            }
        },
        NO_SPACE("disk-enospc") {
            @Override
            void begin(PeerDisk disk, RandomGenerator random) {
                disk.fail(Call.WRITE, Errno.ENOSPC);
            }
        },
        READ_ONLY("disk-read-only") {
            @Override
            void begin(PeerDisk disk, RandomGenerator random) {
                disk.fail(Call.OPEN, Errno.EROFS);
                disk.fail(Call.WRITE, Errno.EROFS);
                disk.fail(Call.SYNC, Errno.EROFS);
                disk.fail(Call.NAME, Errno.EROFS);
            }
        },
        SLOW("disk-slow") {
            @Override
            void begin(PeerDisk disk, RandomGenerator random) {
                disk.slow(Call.SYNC, Duration.ofMillis(20 + random.nextInt(500)));
                disk.slow(Call.WRITE, Duration.ofMillis(random.nextInt(20)));
            }
        },
        STUCK("disk-stuck") {
            @Override
            void begin(PeerDisk disk, RandomGenerator random) {
                disk.hold(Call.SYNC);
                disk.hold(Call.WRITE);
            }
        };

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        abstract void begin(PeerDisk disk, RandomGenerator random);
    }

    private final Kind kind;
    private final PeerDisks disks;

    DiskTrouble(Kind kind, PeerDisks disks) {
        this.kind = kind;
        this.disks = disks;
    }

    @Override
    public String kind() {
        return kind.word;
    }

    @Override
    public Optional<String> obstacle(Machine machine) {
        return PreloadedLibrary.DISK.obstacle(machine);
    }

    @Override
    public void prepare(PeerProcess peer) throws IOException {
        disks.install(peer);
    }

    @Override
    public Injection inject(Scene scene) {
        PeerDisk disk = disks.of(scene.target());
        long before = disk.failed() + disk.slowed();
        kind.begin(disk, scene.random());
        return () -> {
            disk.heal();
            long calls = disk.failed() + disk.slowed() - before;
            String what = calls + " system calls of " + scene.target().id() + (scene.leads() ? ", the leader" : "");
            return calls > 0 ? Proof.of(what) : Proof.none(what);
        };
    }
}
