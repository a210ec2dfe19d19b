package dev.coord.testkit.internal.sim;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who leads. A vote is given by Raft's rules and takes no time; when nobody leads a majority that can do so, somebody does
 * after an election timeout.
 */
final class Elections {
    private final SimRaft raft;
    private final long timeout;
    private boolean waiting;
    private long lastTerm;

    Elections(SimRaft raft, long timeout) {
        this.raft = raft;
        this.timeout = timeout;
    }

    long lastTerm() {
        return lastTerm;
    }

    /** The leader that a majority, itself included, can follow now. */
    @Nullable
    SimNode effectiveLeader() {
        for (SimNode node : raft.nodes()) {
            if (node.leads() && isMajority(followers(node))) {
                return node;
            }
        }
        return null;
    }

    private int followers(SimNode leader) {
        int count = 1;
        for (SimNode other : raft.nodes()) {
            count += other != leader && raft.speak(leader, other) && other.term() <= leader.term() ? 1 : 0;
        }
        return count;
    }

    private boolean isMajority(int count) {
        return 2 * count > raft.voters().size();
    }

    /** Holds an election after a timeout if nobody leads now. */
    void consider() {
        if (raft.electsByItself && !waiting && effectiveLeader() == null) {
            waiting = true;
            raft.later(timeout + raft.random().below(timeout), () -> {
                waiting = false;
                if (effectiveLeader() == null) {
                    electAny();
                }
            });
        }
    }

    /** Elects a peer that can be elected, if there is one. */
    void electAny() {
        List<SimNode> able = new ArrayList<>();
        for (SimNode node : raft.nodes()) {
            if (votesFor(node).size() > 0 || (isMajority(1) && node.machine().isUp())) {
                able.add(node);
            }
        }
        if (!able.isEmpty()) {
            campaign(able.get(raft.random().below(able.size())));
        }
    }

    /** Makes a peer the leader, which may first have to be told by another what it lacks; false if that cannot be. */
    boolean elect(SimNode node) {
        if (campaign(node)) {
            return true;
        }
        SimNode helper = null;
        for (SimNode other : raft.nodes()) {
            if (other != node && raft.speak(other, node) && (helper == null || other.isUpToDateFor(helper))) {
                helper = other;
            }
        }
        if (helper == null || !campaign(helper)) {
            return false;
        }
        raft.hand(helper, node);
        return campaign(node);
    }

    /** Asks for votes; false if there is no majority of them. */
    boolean campaign(SimNode candidate) {
        List<SimNode> voters = votesFor(candidate);
        if (!candidate.machine().isUp() || !isMajority(1 + voters.size())) {
            return false;
        }
        // Only as many as it takes: the others hear of it later.
        List<SimNode> asked = new ArrayList<>();
        while (!isMajority(1 + asked.size())) {
            asked.add(voters.remove(raft.random().below(voters.size())));
        }
        long term = candidate.term();
        for (SimNode voter : asked) {
            term = Math.max(term, voter.term());
        }
        long newTerm = term + 1;
        asked.forEach(voter -> voter.hear(newTerm, null));
        candidate.lead(newTerm);
        lastTerm = Math.max(lastTerm, newTerm);
        raft.leads(candidate);
        return true;
    }

    /** Those whose votes the candidate can have, none if they do not make a majority. */
    private List<SimNode> votesFor(SimNode candidate) {
        List<SimNode> voters = new ArrayList<>();
        for (SimNode other : raft.nodes()) {
            if (other != candidate && raft.speak(candidate, other) && candidate.isUpToDateFor(other)) {
                voters.add(other);
            }
        }
        if (!isMajority(1 + voters.size())) {
            voters.clear();
        }
        return voters;
    }
}
