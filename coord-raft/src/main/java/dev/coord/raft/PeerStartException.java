package dev.coord.raft;

import dev.coord.CoordException;
import org.jspecify.annotations.Nullable;

/**
 * A peer could not be started, or had to stop. The message names the cause and the remedy. When it is thrown nothing of
 * the peer is left: no thread, socket or lock.
 */
public final class PeerStartException extends CoordException {
    private static final long serialVersionUID = 1L;

    /** What was wrong. */
    public enum Reason {
        /** The port is in use. */
        PORT_IN_USE,
        /** The data directory cannot be written: missing rights, a full or a read-only file system. */
        DIRECTORY_UNUSABLE,
        /** The data directory is in use by another peer or process. */
        DIRECTORY_IN_USE,
        /** The data directory belongs to another peer or cluster. */
        DIRECTORY_OF_ANOTHER_PEER,
        /** The data directory was emptied, though the peer has taken part: it must not vote again under this id. */
        MEMORY_LOST,
        /** The Raft log is damaged. */
        LOG_CORRUPT,
        /** A snapshot is damaged. */
        SNAPSHOT_CORRUPT,
        /** Something else; see the cause. */
        OTHER
    }

    private final Reason reason;

    PeerStartException(Reason reason, String message, @Nullable Throwable cause) {
        super(Outcome.NOT_APPLIED, message, cause);
        this.reason = reason;
    }

    /**
     * Tells what was wrong.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
