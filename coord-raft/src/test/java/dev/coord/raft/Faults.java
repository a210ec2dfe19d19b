package dev.coord.raft;

import dev.coord.raft.internal.store.View;
import dev.coord.raft.internal.transport.LinkFaults;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.raft.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What the tests of this package do to a cluster, with proof that it happened. */
final class Faults {
    private final LocalCluster cluster;

    /** Messages lost by {@link #drop}. */
    final AtomicInteger dropped = new AtomicInteger();

    /** Batches that the blinded peer sent to a leader. */
    final AtomicInteger proposals = new AtomicInteger();

    Faults(LocalCluster cluster) {
        this.cluster = cluster;
    }

    String leader() {
        return cluster.awaitLeader(Duration.ofSeconds(20));
    }

    /** A running peer that is none of these. */
    String peerBesides(String... ids) {
        return cluster.ids().stream()
                .filter(id -> !List.of(ids).contains(id))
                .findFirst()
                .orElseThrow();
    }

    List<String> running() {
        return cluster.ids().stream().filter(this::runs).toList();
    }

    private boolean runs(String id) {
        try {
            return cluster.peer(id).id().equals(id);
        } catch (IllegalStateException e) {
            return false;
        }
    }

    View view(String id) {
        return cluster.peer(id).core().view();
    }

    long term(String id) {
        return cluster.peer(id).status().term();
    }

    /** Cuts the leader off until another leads, and heals. */
    void changeLeader() {
        String old = leader();
        long term = term(old);
        cluster.isolate(old);
        Eventually.until(
                "another leader than " + old,
                () -> running().stream()
                        .anyMatch(id -> !id.equals(old)
                                && term(id) > term
                                && cluster.peer(id).status().leading()));
        cluster.heal();
    }

    /** Loses the next messages of a kind that come from the peer, or the answers to it. */
    void drop(String peer, MessageKind kind, boolean answers, int count) {
        AtomicInteger left = new AtomicInteger(count);
        cluster.memory().dropIf((from, to, sent, response) -> {
            boolean hit = sent == kind && response == answers && peer.equals(answers ? to : from);
            boolean lost = hit && left.getAndDecrement() > 0;
            dropped.addAndGet(lost ? 1 : 0);
            return lost;
        });
    }

    /** Counts the batches a peer sends to a leader, and loses nothing. */
    void count(String peer) {
        cluster.memory().dropIf((from, to, kind, response) -> {
            counted(peer, from, kind, response);
            return false;
        });
    }

    private void counted(String peer, String from, MessageKind kind, boolean response) {
        if (kind == MessageKind.PROPOSE && from.equals(peer) && !response) {
            proposals.incrementAndGet();
        }
    }

    /** Lets a peer propose, but see neither an answer nor the log. */
    void blind(String peer) {
        cluster.memory().dropIf((from, to, kind, response) -> {
            counted(peer, from, kind, response);
            boolean log = (kind == MessageKind.RAFT_APPEND || kind == MessageKind.RAFT_SNAPSHOT) && !response;
            // It must not depose the leader only because it is blind.
            boolean vote = kind == MessageKind.RAFT_VOTE && from.equals(peer);
            boolean unseen = to.equals(peer) && (log || (kind == MessageKind.PROPOSE && response));
            boolean lost = unseen || vote;
            dropped.addAndGet(lost ? 1 : 0);
            return lost;
        });
    }

    /** Lets a peer propose at once, but see answers and the log only after a while. */
    void delay(String leader, String peer, Duration delay) {
        count(peer);
        cluster.memory().faults(leader, peer, LinkFaults.NONE.withDelay(delay));
    }

    /** Waits until the peer itself knows a leader. */
    void awaitLeaderAt(String peer) throws Exception {
        Eventually.until(
                peer + " knows a leader",
                () -> cluster.peer(peer).status().leader().isPresent());
    }

    void end() {
        cluster.memory().reset();
    }
}
