package dev.coord.raft.internal.client;

import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;
import dev.coord.raft.internal.transport.MessageKind;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Calls for a Raft leader sooner than Ratis's timers do: when its process is gone, when it is silent, and when a cluster starts.
 *
 * <p>The hint may come of a cut on one side, and Ratis skips its own check for a live leader when it is told to campaign; so
 * this peer campaigns only if a majority, itself included, has lost the leader in the same way. Peers take turns by rank, and
 * who has agreed with one of lower rank gives way to it, to avoid split votes. What this misses is left to Ratis: it wakes at random times and looks whether the leader has been silent for as
 * long, so that it may take twice the longest timeout.
 */
final class FailoverHint {
    private static final Duration TURN = Duration.ofMillis(60);
    private static final Duration RETRY = Duration.ofMillis(15);
    private static final int TRIES = 8;

    /** Instead of the id of a leader: none is known. */
    private static final String NOBODY = "";

    private static final int LOOKS_IN_TIMEOUT = 10;

    /** A leader is silent if it was not heard in so many looks; a pause of this process counts as one. */
    private static final int SILENT_LOOKS = 12;

    private final PeerContext peer;
    private final Set<String> gone = ConcurrentHashMap.newKeySet();
    private final Mailbox mailbox;
    private boolean asking;
    private boolean looking;
    private int silentLooks;
    private long restUntil;
    private volatile long giveWayUntil;

    FailoverHint(PeerContext peer) {
        this.peer = peer;
        this.mailbox = new Mailbox(peer.work());
        this.restUntil = peer.ticker().nanos();
        this.giveWayUntil = restUntil;
    }

    /** Raft has started on this peer. */
    void begin() {
        mailbox.post(() -> {
            int tries = (int) (2 * peer.requestTimeout().toMillis() / RETRY.toMillis());
            consider(NOBODY, tries);
            if (!looking) {
                looking = true;
                lookLater();
            }
        });
    }

    /** The other's process seems to have ended: a connection was reset and a reconnect refused. */
    void peerGone(String other) {
        gone.add(other);
        mailbox.post(() -> consider(other, TRIES));
    }

    /** The other lives: it has sent something. */
    void heardFrom(String other) {
        if (!gone.isEmpty()) {
            gone.remove(other);
        }
    }

    /** Answers whether this peer too has lost the leader or knows of none, and is in no later term. */
    byte[] answer(String from, byte[] question) {
        Reader reader = new Reader(question);
        String leader = reader.getText();
        RaftStatus status = peer.status();
        boolean agrees = isLost(leader, status) && status.term() <= reader.getNumber();
        if (agrees && from.compareTo(peer.self()) < 0) {
            giveWayUntil = peer.ticker().nanos() + TURN.toNanos();
        }
        return new Writer(1).putBoolean(agrees).toByteArray();
    }

    private boolean isLost(String leader, RaftStatus status) {
        return status.term() >= 0 && (status.leader() == null || gone.contains(leader));
    }

    // ---- silence

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
            if (silentLooks >= SILENT_LOOKS) {
                peerGone(String.valueOf(status.leader()));
            }
            lookLater();
        }
    }

    // ---- the election

    private void consider(String leader, int tries) {
        RaftStatus status = peer.status();
        if (asking || !isLeader(leader, status.leader()) || peer.ticker().nanos() - restUntil < 0) {
            return;
        }
        asking = true;
        List<String> others = new TreeSet<>(status.voters())
                .stream().filter(voter -> !voter.equals(leader)).toList();
        Duration turn = TURN.multipliedBy(Math.max(0, others.indexOf(peer.self())));
        peer.scheduler().schedule(turn, () -> mailbox.post(() -> ask(leader, status.term(), tries)));
    }

    private static boolean isLeader(String leader, @Nullable String known) {
        return leader.equals(known == null ? NOBODY : known);
    }

    /** Whether nothing has changed since it was lost. */
    private boolean isStillLost(String leader, long term, RaftStatus status) {
        return status.term() == term && isLeader(leader, status.leader()) && isLost(leader, status);
    }

    private void ask(String leader, long term, int tries) {
        RaftStatus status = peer.status();
        if (tries == 0 || !isStillLost(leader, term, status)) {
            asking = false;
            return;
        }
        Set<String> agreed = ConcurrentHashMap.newKeySet();
        agreed.add(peer.self());
        byte[] question = new Writer(64).putText(leader).putNumber(term).toByteArray();
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
        if (isStillLost(leader, term, status)
                && agreed.size() > status.voters().size() / 2
                && status.oldVoters().isEmpty()
                && peer.ticker().nanos() - giveWayUntil >= 0) {
            asking = false;
            restUntil = peer.ticker().nanos() + peer.requestTimeout().toNanos();
            peer.node().campaign();
        } else {
            ask(leader, term, tries - 1);
        }
    }
}
