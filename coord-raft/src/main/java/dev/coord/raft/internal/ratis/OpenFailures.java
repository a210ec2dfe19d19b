package dev.coord.raft.internal.ratis;

import dev.coord.raft.internal.ratis.RaftOpenException.Reason;
import java.io.IOException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.apache.ratis.io.CorruptedFileException;
import org.apache.ratis.protocol.exceptions.ChecksumException;

/** Finds out from what Ratis threw why it did not start. */
final class OpenFailures {
    private static final List<String> UNUSABLE = List.of(
            "no space left",
            "read-only file system",
            "permission denied",
            "not writable",
            "quota exceeded",
            "no_space");

    private OpenFailures() {}

    static RaftOpenException explain(Throwable error, Path directory) {
        if (error instanceof RaftOpenException open) {
            return open;
        }
        Reason reason = reason(error);
        return new RaftOpenException(reason, message(reason, Failures.root(error), directory), error);
    }

    private static Reason reason(Throwable error) {
        if (any(error, OpenFailures::isUnusable)) {
            return Reason.DIRECTORY_UNUSABLE;
        }
        if (any(error, e -> e instanceof SnapshotCorruptException)) {
            return Reason.SNAPSHOT_CORRUPT;
        }
        if (any(error, e -> e instanceof OverlappingFileLockException)) {
            return Reason.DIRECTORY_IN_USE;
        }
        return any(error, OpenFailures::isOfLog) ? Reason.LOG_CORRUPT : Reason.OTHER;
    }

    private static boolean isUnusable(Throwable error) {
        String message = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
        return error instanceof AccessDeniedException
                || (error instanceof IOException && UNUSABLE.stream().anyMatch(message::contains));
    }

    /** Ratis has types for wrong checksums and headers only; what else its reader trips over, it trips over in its log. */
    private static boolean isOfLog(Throwable error) {
        return error instanceof ChecksumException
                || error instanceof CorruptedFileException
                || String.valueOf(error.getMessage()).contains("raft-meta")
                || List.of(error.getStackTrace()).stream()
                        .map(StackTraceElement::getClassName)
                        .anyMatch(name -> name.startsWith("org.apache.ratis.server.raftlog.")
                                || name.contains("RaftStorageMetadataFile"));
    }

    private static boolean any(Throwable error, Predicate<Throwable> test) {
        for (Throwable e = error; e != null; e = e.getCause()) {
            if (test.test(e)) {
                return true;
            }
        }
        return false;
    }

    private static String message(Reason reason, Throwable root, Path directory) {
        String why = Failures.describe(root);
        return switch (reason) {
            case LOG_CORRUPT ->
                "the Raft log in " + directory + " is damaged (" + why
                        + "). Nothing was changed. As long as a majority of"
                        + " the other peers is well: remove this peer there by Membership, and add one with a new id and an"
                        + " empty directory";
            case SNAPSHOT_CORRUPT ->
                "the Raft snapshot in " + directory + " is damaged or missing (" + why
                        + "). Nothing was changed. As long"
                        + " as a majority of the other peers is well: remove this peer there by Membership, and add one with"
                        + " a new id and an empty directory";
            case DIRECTORY_IN_USE ->
                "directory " + directory + " is in use (" + why + "); give each peer a directory of its own";
            case DIRECTORY_UNUSABLE ->
                "directory " + directory + " cannot be used (" + why + "); it must be writable and its disk have room";
            case OTHER -> "Raft did not start in " + directory + " (" + why + ")";
        };
    }
}
