package dev.coord.raft.internal.ratis;

import java.io.IOException;

/** Raft could not be started on its directory; nothing of it is left running. */
public final class RaftOpenException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    RaftOpenException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Why Raft could not be started. */
    public Reason reason() {
        return reason;
    }

    /** Why Raft could not be started. */
    public enum Reason {
        /** The log or its metadata is damaged, for instance a write that a power failure tore. */
        LOG_CORRUPT,
        /** The newest snapshot is damaged or missing. */
        SNAPSHOT_CORRUPT,
        /** Another peer, of this or another process, has the directory open. */
        DIRECTORY_IN_USE,
        /** The directory cannot be created or written, or its disk is full. */
        DIRECTORY_UNUSABLE,
        /** Anything else; see the cause. */
        OTHER
    }
}
