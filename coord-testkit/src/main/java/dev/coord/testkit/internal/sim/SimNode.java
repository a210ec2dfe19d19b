package dev.coord.testkit.internal.sim;

import dev.coord.raft.internal.client.AppendException;
import dev.coord.raft.internal.client.LogEnd;
import dev.coord.raft.internal.client.RaftNode;
import dev.coord.raft.internal.client.RaftStatus;
import dev.coord.raft.internal.client.StateMachine;
import dev.coord.raft.internal.store.View;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One peer's Raft. Its term and log are on its disk and survive a crash, as far as they were written; the rest belongs to
 * the process. Indexes count entries: a log of size 3 holds the entries 0 to 2.
 */
public final class SimNode implements RaftNode {
    private final SimRaft raft;
    private final String id;
    private final int number;

    // ---- on disk
    private final List<LogEntry> log = new ArrayList<>();
    private long term;
    private int written;

    // ---- of the process
    private Machine machine;
    private StateMachine replica;
    private @Nullable String leader;
    private boolean leading;
    private boolean ready;
    private int commit;
    private int applied;
    private long deafUntil;
    private boolean snapshotNext;
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private @Nullable RaftStatus status;

    /** As the leader: how much of this log each other peer is known to have, and whether it is about to be spoken to. */
    private final int[] matched;

    private final boolean[] contacting;

    /** An entry that this process appended, and who waits for it. */
    private record Pending(int index, LogEntry entry, CompletableFuture<Void> done) {}

    SimNode(SimRaft raft, String id, int number, int peers, Machine machine, StateMachine replica) {
        this.raft = raft;
        this.id = id;
        this.number = number;
        this.machine = machine;
        this.replica = replica;
        this.matched = new int[peers];
        this.contacting = new boolean[peers];
    }

    // ---- what the peer sees

    @Override
    public RaftStatus status() {
        RaftStatus known = status;
        if (known == null) {
            known = new RaftStatus(term, leader, leading, leading && ready, commit - 1L, raft.voters(), Set.of());
            status = known;
        }
        return known;
    }

    @Override
    public CompletableFuture<Void> append(byte[] bytes) {
        if (!leading || machine.isCrashed()) {
            return CompletableFuture.failedFuture(new AppendException(id + " does not lead", false, leader));
        }
        LogEntry entry = new LogEntry(term, bytes);
        CompletableFuture<Void> done = new CompletableFuture<>();
        pending.add(new Pending(log.size(), entry, done));
        log.add(entry);
        raft.trace().bytes(id, "append", bytes);
        raft.replicateSoon(this);
        return raft.forgets()
                ? CompletableFuture.failedFuture(new AppendException("no answer of the log", true, leader))
                : done;
    }

    @Override
    public void expects(String peer) {
        // Everybody is told of a commit by the next step.
    }

    /** The members of a simulation are those that it began with. */
    @Override
    public CompletableFuture<Void> changeVoters(Set<String> expected, Set<String> wanted) {
        return CompletableFuture.failedFuture(
                new UnsupportedOperationException("the members of a simulation do not change"));
    }

    @Override
    public CompletableFuture<Void> handOver(Set<String> candidates) {
        return CompletableFuture.failedFuture(
                new UnsupportedOperationException("a simulated leader does not hand over"));
    }

    /** Raft's own timeouts are the simulation's. */
    @Override
    public boolean heardLeader() {
        return true;
    }

    @Override
    public LogEnd logEnd() {
        return log.isEmpty() ? LogEnd.NONE : new LogEnd(lastTerm(), log.size() - 1L);
    }

    @Override
    public void campaign() {
        raft.campaignSoon(this);
    }

    @Override
    public void close() {}

    // ---- what Raft sees

    String id() {
        return id;
    }

    /** The peer's number, from 0. */
    int number() {
        return number;
    }

    Machine machine() {
        return machine;
    }

    long term() {
        return term;
    }

    boolean leads() {
        return leading && machine.isUp();
    }

    @Nullable
    String leader() {
        return leader;
    }

    int commit() {
        return commit;
    }

    int applied() {
        return applied;
    }

    int size() {
        return log.size();
    }

    LogEntry entry(int index) {
        return log.get(index);
    }

    int matched(SimNode other) {
        return other == this ? written : matched[other.number];
    }

    /** Whether this log is at least as good as another's, so that this peer may lead the other. */
    boolean isUpToDateFor(SimNode other) {
        long mine = lastTerm();
        long others = other.lastTerm();
        return mine != others ? mine > others : log.size() >= other.log.size();
    }

    private long lastTerm() {
        return log.isEmpty() ? 0 : log.get(log.size() - 1).term;
    }

    /** Marks another as about to be spoken to; false if it is already. */
    boolean beginContact(SimNode other) {
        boolean begins = !contacting[other.number];
        contacting[other.number] = true;
        return begins;
    }

    void endContact(SimNode other) {
        contacting[other.number] = false;
    }

    /** Writes its own log to disk. */
    void write() {
        written = log.size();
    }

    // ---- what happens to it

    /** Leads in a new term, which a majority has voted for. */
    void lead(long newTerm) {
        boolean before = leading;
        enter(newTerm, id);
        if (before) {
            failPending();
        }
        leading = true;
        Arrays.fill(matched, 0);
        log.add(new LogEntry(newTerm, null));
        told();
    }

    /** Hears of a term, and perhaps of its leader. */
    void hear(long newTerm, @Nullable String newLeader) {
        if (newTerm == term && (newLeader == null || newLeader.equals(leader))) {
            return;
        }
        boolean before = leading;
        enter(newTerm, newLeader);
        if (before) {
            failPending();
        }
        told();
    }

    private void enter(long newTerm, @Nullable String newLeader) {
        raft.check(newTerm >= term, () -> id + " goes back from term " + term + " to " + newTerm);
        term = newTerm;
        leader = newLeader;
        leading = false;
        ready = false;
        status = null;
    }

    private void told() {
        raft.trace().note(id, leading ? "leads" : leader == null ? "no leader" : leader, term, log.size());
        replica.statusChanged();
    }

    private void failPending() {
        List<Pending> over = List.copyOf(pending);
        pending.clear();
        over.forEach(each -> each.done().completeExceptionally(new AppendException("deposed", true, leader)));
    }

    /** Seems not to be the ready leader for a moment, within its term. */
    public void flicker() {
        boolean before = ready;
        long sameTerm = term;
        ready(false);
        raft.later(3_000_000, () -> {
            if (term == sameTerm && before) {
                ready(leading);
            }
        });
    }

    private void ready(boolean now) {
        ready = now;
        status = null;
        replica.statusChanged();
    }

    /** Takes over the leader's log up to a size, dropping what contradicts it. */
    void accept(SimNode from, int upTo) {
        for (int i = Math.max(from.matched[number], commit); i < upTo; i++) {
            LogEntry entry = from.log.get(i);
            if (i < log.size() && log.get(i) != entry) {
                truncate(i);
            }
            if (i == log.size()) {
                log.add(entry);
            }
        }
        written = log.size();
    }

    /**
     * Nobody who leads since an entry was committed contradicts it. One who leads yet, of a lower term, may: its follower is
     * none of the majority that the entry was committed with, and hears of it again from the later leader.
     */
    private void truncate(int size) {
        raft.check(
                size >= commit && log.get(size).committedIn > term,
                () -> id + " is made to lose entry " + size + ", which is committed");
        raft.countLost(log.size() - size);
        log.subList(size, log.size()).clear();
    }

    void matched(SimNode follower, int size) {
        matched[follower.number] = Math.max(matched[follower.number], size);
    }

    /** Learns how much is committed, and applies it. */
    void learn(int committed) {
        if (committed > commit) {
            commit = committed;
            status = null;
        }
        apply();
    }

    private void apply() {
        if (applied >= commit || !machine.isUp()) {
            return;
        }
        if (raft.now() < deafUntil) {
            return;
        }
        if (!leading && (snapshotNext || (commit - applied > 1 && raft.prefersSnapshot()))) {
            install();
        }
        while (applied < commit) {
            applyNext();
        }
    }

    private void applyNext() {
        int index = applied++;
        LogEntry entry = log.get(index);
        raft.check(
                raft.committed().isCommitted(index, entry),
                () -> id + " applies another entry " + index + " than was committed");
        if (entry.bytes == null) {
            replica.skip(entry.term, index);
        } else {
            replica.apply(entry.term, index, entry.bytes);
        }
        raft.trace().note(id, "apply", index, entry.term);
        if (leading && !ready && entry.term == term) {
            ready(true);
        }
        while (!pending.isEmpty() && pending.peek().index() <= index) {
            Pending mine = pending.remove();
            raft.check(mine.entry() == entry, () -> id + " waits for a lost entry " + index + " as if it led");
            mine.done().complete(null);
        }
    }

    private void install() {
        snapshotNext = false;
        raft.countSnapshot();
        applied = commit;
        restore(raft.committed().stateAfter(commit));
        raft.trace().note(id, "snapshot", applied, term);
    }

    private void restore(View state) {
        try {
            replica.restore(new ByteArrayInputStream(CommittedLog.snapshot(state)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gets a snapshot instead of entries as soon as it lags. */
    void snapshotNext() {
        snapshotNext = true;
        apply();
    }

    /** Does not learn what is committed for a while. */
    void delay(Duration duration) {
        long until = raft.now() + SimTime.nanosOf(duration);
        deafUntil = Math.max(deafUntil, until);
        raft.later(until - raft.now(), this::apply);
    }

    /** Learns what is committed at once again. */
    public void endDelay() {
        deafUntil = raft.now();
        apply();
    }

    // ---- its process ends and begins

    /** The process is gone, and with it what it had not written. */
    void crash() {
        int kept = written + raft.random().below(log.size() - written + 1);
        log.subList(kept, log.size()).clear();
        written = kept;
        leading = false;
        ready = false;
        leader = null;
        status = null;
        snapshotNext = false;
        deafUntil = 0;
        pending.clear();
    }

    /** Starts anew from a snapshot at most as old as what it had applied; the rest of its log is applied again later. */
    void restart(Machine newMachine, StateMachine newReplica) {
        machine = newMachine;
        replica = newReplica;
        View snapshot = raft.committed().oldState(applied);
        applied = 0;
        if (snapshot != null) {
            applied = (int) snapshot.index() + 1;
            restore(snapshot);
        }
        commit = applied;
        raft.trace().note(id, "restart", applied, term);
    }
}
