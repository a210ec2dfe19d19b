package dev.coord.raft.internal.client;

import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;
import dev.coord.raft.internal.transport.MessageKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Calls for a Raft leader sooner than Ratis's timers do: when its process is gone, when it is silent, and when a cluster starts.
 *
 * <p>The hint may come of a cut on one side, and Ratis skips its own check for a live leader when it is told to campaign; so
 * this peer campaigns only if a majority, itself included, has lost the leader in the same way and has no longer log. Peers
 * take turns by rank, and who has agreed with one of lower rank gives way to it, to avoid split votes. What this misses is
 * left to Ratis.
 */
final class FailoverHint {
    private static final Duration TURN = Duration.ofMillis(60);
    private static final Duration RETRY = Duration.ofMillis(15);
    private static final int TRIES = 8;
    private static final Duration LONGEST_BEGINNING = Duration.ofSeconds(10);

    /** Instead of the id of a leader: none is known. */
    private static final String NOBODY = "";

    private final PeerContext peer;
    private final Set<String> gone = ConcurrentHashMap.newKeySet();
    private final Mailbox mailbox;
    private final LeaderSilence silence;
    private final GiveWay giveWay;

    /** Who agreed, and when. */
    private final Map<String, Long> agreed = new ConcurrentHashMap<>();

    private boolean asking;
    private long restUntil;

    FailoverHint(PeerContext peer) {
        this.peer = peer;
        this.mailbox = new Mailbox(peer.work());
        this.silence = new LeaderSilence(peer, mailbox, leader -> consider(leader, TRIES));
        this.giveWay = new GiveWay(peer.ticker(), TURN, peer.requestTimeout().dividedBy(4));
        this.restUntil = peer.ticker().nanos();
    }

    /** Raft has started on this peer. */
    void begin() {
        mailbox.post(() -> {
            Duration timeouts = peer.requestTimeout().multipliedBy(2);
            Duration patience = timeouts.compareTo(LONGEST_BEGINNING) < 0 ? timeouts : LONGEST_BEGINNING;
            consider(NOBODY, (int) (patience.toMillis() / RETRY.toMillis()));
            silence.begin();
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

    /** Answers whether this peer too has lost the leader or knows of none, and has no later term and no longer log. */
    byte[] answer(String from, byte[] question) {
        Reader reader = new Reader(question);
        String leader = reader.getText();
        long term = reader.getNumber();
        LogEnd end = new LogEnd(reader.getNumber(), reader.getNumber());
        RaftStatus status = peer.status();
        boolean agrees = isLost(leader, status)
                && status.term() <= term
                && peer.node().logEnd().compareTo(end) <= 0;
        if (agrees && from.compareTo(peer.self()) < 0) {
            giveWay.to(term);
        }
        return new Writer(1).putBoolean(agrees).toByteArray();
    }

    private boolean isLost(String leader, RaftStatus status) {
        return status.term() >= 0 && (status.leader() == null || gone.contains(leader) || silence.isSilent(leader));
    }

    // ---- the election

    private void consider(String leader, int tries) {
        RaftStatus status = peer.status();
        if (asking
                || !status.voters().contains(peer.self())
                || !isLeader(leader, status.leader())
                || peer.ticker().nanos() - restUntil < 0) {
            return;
        }
        asking = true;
        agreed.clear();
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
        LogEnd end = peer.node().logEnd();
        byte[] question = new Writer(64)
                .putText(leader)
                .putNumber(term)
                .putNumber(end.term())
                .putNumber(end.index())
                .toByteArray();
        for (String voter : status.voters()) {
            if (!voter.equals(leader) && !voter.equals(peer.self())) {
                ask(voter, question);
            }
        }
        peer.scheduler().schedule(RETRY, () -> mailbox.post(() -> decide(leader, term, tries)));
    }

    private void ask(String voter, byte[] question) {
        peer.transport()
                .request(voter, MessageKind.LEADER_GONE, question, peer.requestTimeout())
                .thenAccept(answer -> {
                    if (new Reader(answer).getBoolean()) {
                        agreed.put(voter, peer.ticker().nanos());
                    } else {
                        agreed.remove(voter);
                    }
                });
    }

    private void decide(String leader, long term, int tries) {
        RaftStatus status = peer.status();
        if (isStillLost(leader, term, status)
                && isMajority(status)
                && status.oldVoters().isEmpty()
                && !giveWay.isDue()) {
            asking = false;
            restUntil = peer.ticker().nanos() + peer.requestTimeout().toNanos();
            peer.node().campaign();
        } else {
            ask(leader, term, tries - 1);
        }
    }

    /** An answer may take longer than until the next question, and is none any more once it is old. */
    private boolean isMajority(RaftStatus status) {
        long now = peer.ticker().nanos();
        long lasts = peer.requestTimeout().dividedBy(5).toNanos();
        long others = agreed.values().stream().filter(at -> now - at <= lasts).count();
        return 1 + others > status.voters().size() / 2;
    }
}
