package dev.coord.raft.internal.ratis;

import dev.coord.raft.internal.client.StateMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of a peer, {@code sm/snapshot.TERM_INDEX} in its directory. Ratis installs a snapshot from the leader by
 * replacing the directory {@code sm} as a whole; {@link #hold} keeps us from writing there meanwhile.
 */
final class SnapshotStore implements StateMachineStorage {
    private static final int KEPT = 2;
    private static final Pattern NAME = Pattern.compile("snapshot\\.(\\d+)_(\\d+)");

    private final ReentrantLock lock = new ReentrantLock();
    private Path root = Path.of("");
    private boolean held;
    private volatile @Nullable SingleFileSnapshotInfo latest;

    @Override
    public void init(RaftStorage storage) throws IOException {
        root = storage.getStorageDir().getRoot().toPath();
        finishInterruptedInstall();
        Disk.deleteTree(temporary());
        Files.createDirectories(directory());
        Files.createDirectories(temporary());
        reload();
    }

    private Path directory() {
        return root.resolve("sm");
    }

    private Path temporary() {
        return root.resolve("tmp");
    }

    /** Ratis moves the old directory away before it moves the new one in; a crash between leaves none. */
    private void finishInterruptedInstall() throws IOException {
        List<Path> aside = Disk.list(root).stream()
                .filter(path -> path.getFileName().toString().startsWith("sm."))
                .toList();
        for (Path old : aside) {
            if (Files.exists(directory())) {
                Disk.deleteTree(old);
            } else {
                Disk.move(old, directory());
            }
        }
    }

    /** Looks for the newest snapshot on disk. */
    void reload() throws IOException {
        List<SingleFileSnapshotInfo> all = list();
        latest = all.isEmpty() ? null : all.get(0);
    }

    /** All snapshots, newest first. */
    private List<SingleFileSnapshotInfo> list() throws IOException {
        return Disk.list(directory()).stream()
                .map(path -> NAME.matcher(path.getFileName().toString()))
                .filter(Matcher::matches)
                .map(name -> info(Long.parseLong(name.group(1)), Long.parseLong(name.group(2))))
                .sorted(Comparator.comparingLong(SingleFileSnapshotInfo::getIndex)
                        .reversed())
                .toList();
    }

    private SingleFileSnapshotInfo info(long term, long index) {
        Path file = directory().resolve(name(term, index));
        // Without a digest Ratis computes one while it sends the file; at rest our own footer protects it.
        return new SingleFileSnapshotInfo(new FileInfo(file, null), TermIndex.valueOf(term, index));
    }

    private static String name(long term, long index) {
        return "snapshot." + term + "_" + index;
    }

    /** Restores the newest snapshot; returns where it ends, null if there is none. */
    @Nullable
    TermIndex restoreLatest(StateMachine stateMachine) throws IOException {
        SingleFileSnapshotInfo info = latest;
        if (info == null) {
            return null;
        }
        Path file = info.getFile().getPath();
        StateMachine.Image image = SnapshotFile.restore(file, stateMachine);
        if (image.index() != info.getIndex() || image.term() != info.getTerm()) {
            throw new SnapshotCorruptException("snapshot " + file + " holds the state after entry " + image.index()
                    + " of term " + image.term() + "; was it renamed?");
        }
        return info.getTermIndex();
    }

    /** Writes a snapshot; returns whether it is now the latest. */
    boolean write(StateMachine.Image image, BooleanSupplier stop) throws IOException {
        Path file = temporary().resolve(name(image.term(), image.index()) + ".part");
        try {
            Files.deleteIfExists(file);
            SnapshotFile.write(file, image, stop);
            return publish(file, image);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private boolean publish(Path file, StateMachine.Image image) throws IOException {
        lock.lock();
        try {
            SingleFileSnapshotInfo before = latest;
            if (held || (before != null && before.getIndex() >= image.index())) {
                return false;
            }
            Disk.move(file, directory().resolve(name(image.term(), image.index())));
            latest = info(image.term(), image.index());
            deleteOld();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void deleteOld() throws IOException {
        List<SingleFileSnapshotInfo> all = list();
        for (SingleFileSnapshotInfo old : all.subList(Math.min(KEPT, all.size()), all.size())) {
            Files.deleteIfExists(old.getFile().getPath());
        }
        for (Path path : Disk.list(directory())) {
            if (path.getFileName().toString().endsWith(".md5")) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** A snapshot from the leader has arrived and is about to replace ours: makes it durable, and lets nobody interfere. */
    void hold() throws IOException {
        lock.lock();
        try {
            held = true;
        } finally {
            lock.unlock();
        }
        // Ratis forces nothing to disk, yet drops the log that the snapshot replaces.
        for (Path arrived : Disk.list(temporary())) {
            for (Path file : Disk.list(arrived)) {
                Disk.forceFile(file);
            }
            if (Files.isDirectory(arrived)) {
                Disk.forceDirectory(arrived);
            }
        }
    }

    /** The snapshot from the leader is in place. */
    void release() throws IOException {
        lock.lock();
        try {
            held = false;
            Disk.forceDirectory(root);
            reload();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable SingleFileSnapshotInfo getLatestSnapshot() {
        return latest;
    }

    @Override
    public void format() {
        // Ratis formats the directory.
    }

    @Override
    public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) {
        // Done when a newer one is published.
    }
}
