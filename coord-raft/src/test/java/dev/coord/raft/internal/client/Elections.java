package dev.coord.raft.internal.client;

/** Lets tests call elections without waiting for a timeout. */
public final class Elections {
    private Elections() {}

    /** Has the peer stand for election now, as if its Raft leader were known to be gone. */
    public static void call(PeerCore peer) {
        peer.context().node().campaign();
    }
}
