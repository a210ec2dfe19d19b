package dev.coord.raft.internal.ratis;

import java.io.IOException;

/** A snapshot is damaged or missing. */
final class SnapshotCorruptException extends IOException {
    private static final long serialVersionUID = 1L;

    SnapshotCorruptException(String message) {
        super(message);
    }

    SnapshotCorruptException(String message, Throwable cause) {
        super(message, cause);
    }
}
