package dev.coord.testkit.internal.sim;

import dev.coord.raft.internal.client.StateMachine;
import dev.coord.raft.internal.store.Effect;
import dev.coord.raft.internal.store.View;
import dev.coord.raft.internal.transport.MemoryNetwork;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Raft without its messages. Terms, votes, logs and the rule of what is committed are Raft's own; but a round of messages
 * between two peers is one event, possible when the network would carry it, and there are no heartbeats: a leader speaks to
 * a peer when it has something to say or when the network has changed. So idle time costs nothing, and yet a leader that is
 * cut off goes on believing and appending, its entries survive or not as Raft would have it, and whatever Raft promises is
 * checked as it goes.
 *
 * <p>A store is kept up with the commits: what it holds is the truth.
 */
public final class SimRaft {
    private static final long MILLI = 1_000_000;

    /** After how long a leader that did not get through tries again. */
    private static final long RETRY = 25 * MILLI;

    /** How long a leader may not know that it has a successor, in milliseconds. */
    private static final int PREDECESSOR_MILLIS = 60;

    private final SimTime time;
    private final SimRandom random;
    private final MemoryNetwork network;
    private final Elections elections;
    private final Map<String, SimNode> nodes = new TreeMap<>();
    private final Set<String> voters = new TreeSet<>();
    private final CommittedLog committed;
    private final Map<Long, String> leaders = new HashMap<>();
    private Set<String> severed = Set.of();
    private double lossRate;
    private long maxDelay;
    private int lost;
    private int snapshotsInstalled;

    /** Whether a missing leader is replaced. */
    public boolean electsByItself = true;

    /** How long a round to the others takes, and how long until a peer hears of a commit; at most, in milliseconds. */
    public int commitMillis = 2;

    /** See {@link #commitMillis}. */
    public int lagMillis = 2;

    /** How likely a peer that is behind gets a snapshot instead of entries. */
    public double snapshots = 0.02;

    SimRaft(SimTime time, SimRandom random, MemoryNetwork network, long electionTimeoutNanos) {
        this.time = time;
        this.random = random;
        this.network = network;
        this.committed = new CommittedLog(time.trace(), random);
        this.elections = new Elections(this, electionTimeoutNanos);
    }

    SimNode add(String id, int peers, Machine machine, StateMachine replica) {
        SimNode node = new SimNode(this, id, nodes.size(), peers, machine, replica);
        nodes.put(id, node);
        voters.add(id);
        return node;
    }

    // ---- what there is

    /** A peer's Raft. */
    public SimNode node(String id) {
        SimNode node = nodes.get(id);
        if (node == null) {
            throw new IllegalArgumentException("no peer " + id + ", only " + voters);
        }
        return node;
    }

    Iterable<SimNode> nodes() {
        return nodes.values();
    }

    Set<String> voters() {
        return Collections.unmodifiableSet(voters);
    }

    Elections elections() {
        return elections;
    }

    SimRandom random() {
        return random;
    }

    SimTrace trace() {
        return time.trace();
    }

    long now() {
        return time.nanos();
    }

    void later(long nanos, Runnable task) {
        time.later(nanos, task);
    }

    /** The state after everything committed. */
    public View truth() {
        return committed.truth();
    }

    /** The highest term that has had a leader. */
    public long term() {
        return elections.lastTerm();
    }

    /** The leader that a majority of all peers knows in its own term, and can follow now. */
    Optional<String> agreedLeader() {
        SimNode leader = elections.effectiveLeader();
        return leader != null && 2 * agreeing(leader) > nodes.size() ? Optional.of(leader.id()) : Optional.empty();
    }

    private int agreeing(SimNode leader) {
        int count = 0;
        for (SimNode node : nodes.values()) {
            boolean agrees = node.term() == leader.term() && leader.id().equals(node.leader());
            count += agrees && node.machine().isUp() ? 1 : 0;
        }
        return count;
    }

    /** How many entries were dropped from logs. */
    public int lost() {
        return lost;
    }

    void countLost(int entries) {
        lost += entries;
    }

    /** How many snapshots peers got instead of entries. */
    public int snapshotsInstalled() {
        return snapshotsInstalled;
    }

    /** Sets who hears what each committed entry means. */
    public void onCommit(Consumer<List<Effect>> listener) {
        committed.onCommit(listener);
    }

    /** Disturbs rounds as messages are. */
    void disturb(double newLossRate, long newMaxDelay) {
        lossRate = newLossRate;
        maxDelay = newMaxDelay;
    }

    /** Notes what must hold and does not: the run fails, even if the code in between catches this. */
    void check(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            AssertionError broken = new AssertionError("Raft's promise is broken: " + otherwise.get());
            time.fail(broken);
            throw broken;
        }
    }

    // ---- who reaches whom

    /** Loses what Raft sends to and from these, though other messages get through; replaces who it was before. */
    public void sever(Set<String> ids) {
        severed = Set.copyOf(ids);
        topologyChanged();
    }

    boolean reaches(SimNode from, SimNode to) {
        return !severed.contains(from.id()) && !severed.contains(to.id()) && connected(from, to);
    }

    private boolean connected(SimNode from, SimNode to) {
        return from.machine().isUp() && to.machine().isUp() && !network.isCut(from.id(), to.id());
    }

    boolean speak(SimNode a, SimNode b) {
        return reaches(a, b) && reaches(b, a);
    }

    /** Cuts, crashes, pauses or their ends: leaders speak to everybody, and if there is none there will be an election. */
    void topologyChanged() {
        for (SimNode node : nodes.values()) {
            if (node.leads()) {
                contactAll(node, lagMillis);
            }
        }
        elections.consider();
    }

    void campaignSoon(SimNode node) {
        later(roundTrip(), () -> {
            if (elections.effectiveLeader() == null) {
                elections.campaign(node);
            }
        });
    }

    // ---- replication

    /** Whether an append is told to have failed though it is on its way. */
    boolean forgets() {
        return random.chance(lossRate / 2);
    }

    void replicateSoon(SimNode leader) {
        if (leader.beginContact(leader)) {
            later(roundTrip(), () -> {
                leader.endContact(leader);
                replicate(leader);
            });
        }
    }

    private long roundTrip() {
        return random.below(commitMillis * MILLI + maxDelay + 1);
    }

    /** A peer has been elected: it begins its term with an entry, and the others hear of it, its predecessor last. */
    void leads(SimNode leader) {
        checkLeader(leader);
        replicateSoon(leader);
        for (SimNode other : nodes.values()) {
            if (other != leader) {
                contactSoon(leader, other, other.leads() ? PREDECESSOR_MILLIS : lagMillis);
            }
        }
    }

    /** Hands a leader's whole log to another, as before a transfer of leadership. */
    void hand(SimNode leader, SimNode other) {
        leader.write();
        other.hear(leader.term(), leader.id());
        other.accept(leader, leader.size());
        leader.matched(other, leader.size());
    }

    private void replicate(SimNode leader) {
        if (!leader.leads()) {
            return;
        }
        leader.write();
        advance(leader);
        for (SimNode other : nodes.values()) {
            if (other != leader && !other.leads()) {
                // Most in one event, which is cheap; some alone, so that an entry is at a minority for a while.
                if (random.below(8) > 0) {
                    contact(leader, other);
                } else {
                    contactSoon(leader, other, commitMillis);
                }
            }
        }
    }

    void contactAll(SimNode leader, int maxMillis) {
        for (SimNode other : nodes.values()) {
            if (other != leader) {
                contactSoon(leader, other, maxMillis);
            }
        }
    }

    void contactSoon(SimNode leader, SimNode other, int maxMillis) {
        if (leader.beginContact(other)) {
            later(random.below(maxMillis * MILLI + maxDelay + 1), () -> {
                leader.endContact(other);
                contact(leader, other);
            });
        }
    }

    /** A leader speaks to a peer, which answers if it can. */
    void contact(SimNode leader, SimNode other) {
        if (!leader.leads() || !reaches(leader, other)) {
            return;
        }
        if (random.chance(lossRate)) {
            retry(leader, other);
            return;
        }
        boolean answers = reaches(other, leader);
        if (other.term() > leader.term()) {
            if (answers) {
                leader.hear(other.term(), null);
                elections.consider();
            }
            return;
        }
        other.hear(leader.term(), leader.id());
        leader.write();
        int size = howMuch(leader, other);
        other.accept(leader, size);
        other.learn(Math.min(leader.commit(), size));
        if (answers) {
            answer(leader, other, size);
        }
        if (size < leader.size()) {
            contactSoon(leader, other, commitMillis);
        }
    }

    private void retry(SimNode leader, SimNode other) {
        if (leader.beginContact(other)) {
            later(RETRY, () -> {
                leader.endContact(other);
                contact(leader, other);
            });
        }
    }

    /** A peer says how much it has written: mostly in the same event, but an entry may be at a majority unknown to the leader. */
    private void answer(SimNode leader, SimNode other, int size) {
        if (size <= leader.matched(other)) {
            advance(leader);
        } else if (lossRate > 0 && random.chance(lossRate)) {
            retry(leader, other);
        } else if (random.below(8) > 0) {
            leader.matched(other, size);
            advance(leader);
        } else {
            long term = leader.term();
            later(roundTrip(), () -> {
                // What was written in its term still counts, whatever the peer has promised to others since.
                if (leader.leads() && leader.term() == term && reaches(other, leader)) {
                    leader.matched(other, size);
                    advance(leader);
                } else if (leader.leads() && leader.term() == term) {
                    retry(leader, other);
                }
            });
        }
    }

    /** How much of its log a leader sends at once: mostly all, sometimes no more than a few entries. */
    private int howMuch(SimNode leader, SimNode other) {
        int known = Math.max(leader.matched(other), other.commit());
        int missing = leader.size() - known;
        return missing > 1 && random.below(8) == 0 ? known + 1 + random.below(missing) : leader.size();
    }

    /** Commits what a majority has written, one by one or in groups, if its last entry is of this term. */
    private void advance(SimNode leader) {
        int majority = majoritySize(leader);
        if (majority <= leader.commit() || leader.entry(majority - 1).term != leader.term()) {
            return;
        }
        int some = leader.commit() + 1 + random.below(majority - leader.commit());
        int size = leader.entry(some - 1).term == leader.term() ? some : majority;
        for (int i = leader.commit(); i < size; i++) {
            int index = i;
            check(
                    committed.record(i, leader.entry(i), leader.term()),
                    () -> leader.id() + " commits another entry " + index + " than was committed");
        }
        leader.learn(size);
        contactAll(leader, lagMillis);
        if (size < majority) {
            later(roundTrip(), () -> {
                if (leader.leads()) {
                    advance(leader);
                }
            });
        }
    }

    private int majoritySize(SimNode leader) {
        int[] sizes = new int[nodes.size()];
        for (SimNode node : nodes.values()) {
            sizes[node.number()] = leader.matched(node);
        }
        Arrays.sort(sizes);
        return sizes[(nodes.size() - 1) / 2];
    }

    /** Called when a peer begins to lead: no other has in this term, and it has whatever is committed. */
    private void checkLeader(SimNode leader) {
        String other = leaders.put(leader.term(), leader.id());
        check(other == null, () -> other + " and " + leader.id() + " lead in term " + leader.term());
        check(
                committed.isPartOf(leader),
                () -> leader.id() + " leads in term " + leader.term() + " without all that is committed");
    }

    // ---- snapshots

    CommittedLog committed() {
        return committed;
    }

    void countSnapshot() {
        snapshotsInstalled++;
    }

    boolean prefersSnapshot() {
        return random.chance(snapshots);
    }

    /** A replica must be what the committed entries up to its index give. */
    void checkReplica(String id, View view) {
        String difference = Views.difference(view, committed.stateAfter((int) view.index() + 1));
        if (!difference.isEmpty()) {
            throw new AssertionError("replicas differ: at index " + view.index() + " of " + id + " " + difference);
        }
    }
}
