package dev.coord.raft.internal.ratis;

/**
 * Ratis has stopped by itself: because this peer was removed from the cluster, perhaps. The others know.
 */
public final class RemovedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean likely;

    RemovedException(boolean likely) {
        super(
                likely
                        ? "this peer seems to have been removed from the cluster"
                        : "Raft has stopped by itself; see the log for why");
        this.likely = likely;
    }

    /** Whether the peer is no member by what it knows itself; that may have been given up before it was certain. */
    public boolean isLikely() {
        return likely;
    }
}
