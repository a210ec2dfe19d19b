package dev.coord.raft;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a peer is, at one moment. Immutable.
 *
 * @param id the peer
 * @param state its state
 * @param leaderId the Raft leader it knows, or null
 * @param leading whether it is the Raft leader itself
 * @param term its Raft term, -1 while it runs no Raft
 * @param revision the revision its replica has reached
 * @param appliedIndex the log index its replica has reached, -1 before the first entry
 * @param problem what is wrong, or null
 */
public record PeerStatus(
        String id,
        State state,
        @Nullable String leaderId,
        boolean leading,
        long term,
        long revision,
        long appliedIndex,
        @Nullable String problem) {

    /** The states of a peer. */
    public enum State {
        /**
         * A new peer that waits before it takes part: for the others' word that it is new to them, when the cluster starts, or
         * to be {@linkplain Membership#add added} to a cluster that is there already.
         */
        JOINING,
        /** Taking part. */
        RUNNING,
        /**
         * Not taking part because of a {@link PeerStatus#problem}; it recovers by itself if that goes away. A peer that finds out after
         * its start that it has lost its memory does not: it has to be replaced.
         */
        FAILED,
        /**
         * Removed from the cluster. All operations of its handles fail by {@link dev.coord.ClosedException}, and their watches end
         * with one; their sessions end by their time to live. To be closed; one that has had no users since it was started can be
         * {@linkplain Membership#add added} again as it is.
         */
        REMOVED,
        /** Closed. */
        CLOSED
    }

    /**
     * Returns the Raft leader that the peer knows.
     *
     * @return its id, empty if none is known
     */
    public Optional<String> leader() {
        return Optional.ofNullable(leaderId);
    }
}
