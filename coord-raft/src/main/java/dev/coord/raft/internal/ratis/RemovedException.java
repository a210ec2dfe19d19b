package dev.coord.raft.internal.ratis;

/**
 * This peer is not among the members of the configuration that it knows, or another has told it so: it was removed, unless
 * that configuration was never committed.
 */
public final class RemovedException extends Exception {
    private static final long serialVersionUID = 1L;

    RemovedException() {
        super("this peer seems to have been removed from the cluster");
    }
}
