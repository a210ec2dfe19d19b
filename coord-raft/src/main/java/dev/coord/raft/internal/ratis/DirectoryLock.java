package dev.coord.raft.internal.ratis;

import dev.coord.raft.internal.ratis.RaftOpenException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The lock on a peer's directory; taking it also finds out whether the directory can be written. Ratis has a lock of its
 * own, but logs a stack trace when it is taken and leaves its file behind.
 */
final class DirectoryLock {
    private static final String NAME = "coord.lock";

    private final Path file;
    private final FileChannel channel;

    private DirectoryLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static DirectoryLock acquire(Path directory, long minFreeBytes) throws RaftOpenException {
        try {
            Files.createDirectories(directory);
            DirectoryLock lock = open(directory.resolve(NAME));
            if (lock == null) {
                throw new RaftOpenException(
                        Reason.DIRECTORY_IN_USE,
                        "directory " + directory + " is in use by another peer; give each peer a directory of its own",
                        new IOException(NAME + " is locked"));
            }
            lock.checkSpace(directory, minFreeBytes);
            return lock;
        } catch (RaftOpenException e) {
            throw e;
        } catch (IOException e) {
            throw unusable(directory, Failures.describe(e), e);
        }
    }

    private static RaftOpenException unusable(Path directory, String why, Throwable cause) {
        return new RaftOpenException(
                Reason.DIRECTORY_UNUSABLE,
                "directory " + directory + " cannot be used (" + why
                        + "); it must exist or be creatable, be writable, and its disk must have room",
                cause);
    }

    private static @Nullable DirectoryLock open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = lock(channel, file);
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        return locked ? new DirectoryLock(file, channel) : null;
    }

    private static boolean lock(FileChannel channel, Path file) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                return false;
            }
        } catch (OverlappingFileLockException e) {
            return false;
        }
        try {
            return isCurrent(channel, file);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** The one before us deletes the file when it is done: what we locked may not be what has the name now. */
    private static boolean isCurrent(FileChannel channel, Path file) throws IOException {
        byte[] token = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(token), 0);
        channel.force(true);
        try {
            return Files.readString(file).equals(new String(token, StandardCharsets.US_ASCII));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private void checkSpace(Path directory, long minFreeBytes) throws IOException {
        long free = Files.getFileStore(directory).getUsableSpace();
        if (free < minFreeBytes) {
            release();
            String why = free + " bytes free, " + minFreeBytes + " needed";
            throw unusable(directory, why, new IOException(why));
        }
    }

    /** Deletes the file, then gives up the lock. Safe to repeat. */
    void release() {
        if (!channel.isOpen()) {
            return;
        }
        try (channel) {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // The lock is gone with the channel; a file left behind locks nobody out.
        }
    }
}
