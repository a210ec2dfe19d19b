package dev.coord.raft.internal.client;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the Raft leader is silent: nothing of Raft came from it in so many looks, which are equally far apart. A pause of this
 * process counts as one look, whatever its length: what waits in its sockets is read before the next. In a mailbox.
 */
final class LeaderSilence {
    private static final int LOOKS_IN_TIMEOUT = 10;
    private static final int SILENT_LOOKS = 12;

    private final PeerContext peer;
    private final Mailbox mailbox;
    private final Consumer<String> told;
    private boolean looking;
    private int silentLooks;
    private volatile @Nullable String silent;

    /**
     * Does not look yet.
     *
     * @param mailbox where it looks
     * @param told is told of a leader that is silent, at each look for as long as it is
     */
    LeaderSilence(PeerContext peer, Mailbox mailbox, Consumer<String> told) {
        this.peer = peer;
        this.mailbox = mailbox;
        this.told = told;
    }

    /** Looks from now on, until the peer is closed. */
    void begin() {
        if (!looking) {
            looking = true;
            lookLater();
        }
    }

    /** Whether it is silent. Any thread may ask. */
    boolean isSilent(String leader) {
        return leader.equals(silent);
    }

    private void lookLater() {
        peer.scheduler().schedule(peer.requestTimeout().dividedBy(LOOKS_IN_TIMEOUT), () -> mailbox.post(this::look));
    }

    private void look() {
        looking = !peer.isClosed();
        if (looking) {
            RaftStatus status = peer.status();
            boolean heard = peer.node().heardLeader();
            boolean follows = status.leader() != null && !status.leading();
            silentLooks = follows && !heard ? silentLooks + 1 : 0;
            String leader = silentLooks < SILENT_LOOKS ? null : status.leader();
            silent = leader;
            if (leader != null) {
                told.accept(leader);
            }
            lookLater();
        }
    }
}
