package dev.coord.raft.internal.client;

import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;
import dev.coord.raft.internal.transport.MessageKind;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Replaces a Raft leader whose process is gone without waiting for the election timeout.
 *
 * <p>The hint is a connection that was reset and a reconnect that was refused. It may also come from a cut on one side, and
 * Ratis skips its own check for a live leader when it is told to campaign; so this peer campaigns only if a majority,
 * itself included, has lost the leader in the same way. Peers take turns by rank, to avoid split votes.
 */
final class FailoverHint {
    private static final Duration TURN = Duration.ofMillis(60);
    private static final Duration RETRY = Duration.ofMillis(15);
    private static final int TRIES = 8;

    private final PeerContext peer;
    private final Set<String> gone = ConcurrentHashMap.newKeySet();
    private final Mailbox mailbox;
    private boolean asking;
    private long restUntil;

    FailoverHint(PeerContext peer) {
        this.peer = peer;
        this.mailbox = new Mailbox(peer.work());
        this.restUntil = peer.ticker().nanos();
    }

    /** The other's process seems to have ended. */
    void peerGone(String other) {
        gone.add(other);
        mailbox.post(() -> consider(other));
    }

    /** The other lives: it has sent something. */
    void heardFrom(String other) {
        if (!gone.isEmpty()) {
            gone.remove(other);
        }
    }

    /** Answers whether this peer too has lost the leader. */
    byte[] answer(byte[] question) {
        return new Writer(1)
                .putBoolean(gone.contains(new Reader(question).getText()))
                .toByteArray();
    }

    private void consider(String leader) {
        RaftStatus status = peer.status();
        if (asking || !leader.equals(status.leader()) || peer.ticker().nanos() - restUntil < 0) {
            return;
        }
        asking = true;
        List<String> others = new TreeSet<>(status.voters())
                .stream().filter(voter -> !voter.equals(leader)).toList();
        Duration turn = TURN.multipliedBy(Math.max(0, others.indexOf(peer.self())));
        peer.scheduler().schedule(turn, () -> mailbox.post(() -> ask(leader, status.term(), TRIES)));
    }

    private void ask(String leader, long term, int tries) {
        RaftStatus status = peer.status();
        if (tries == 0 || status.term() != term || !leader.equals(status.leader()) || !gone.contains(leader)) {
            asking = false;
            return;
        }
        Set<String> agreed = ConcurrentHashMap.newKeySet();
        agreed.add(peer.self());
        byte[] question = new Writer(64).putText(leader).toByteArray();
        for (String voter : new TreeSet<>(status.voters())) {
            if (!voter.equals(leader) && !voter.equals(peer.self())) {
                peer.transport()
                        .request(voter, MessageKind.LEADER_GONE, question, peer.requestTimeout())
                        .thenAccept(answer -> {
                            if (new Reader(answer).getBoolean()) {
                                agreed.add(voter);
                            }
                        });
            }
        }
        peer.scheduler().schedule(RETRY, () -> mailbox.post(() -> decide(leader, term, tries, agreed)));
    }

    private void decide(String leader, long term, int tries, Set<String> agreed) {
        RaftStatus status = peer.status();
        boolean same = status.term() == term && leader.equals(status.leader()) && gone.contains(leader);
        if (same
                && agreed.size() > status.voters().size() / 2
                && status.oldVoters().isEmpty()) {
            asking = false;
            restUntil = peer.ticker().nanos() + peer.requestTimeout().toNanos();
            peer.node().campaign();
        } else {
            ask(leader, term, tries - 1);
        }
    }
}
