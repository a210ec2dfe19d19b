package dev.coord.raft.internal.client;

import static java.util.Objects.requireNonNull;

import dev.coord.raft.internal.codec.CommandCodec;
import dev.coord.raft.internal.codec.SnapshotCodec;
import dev.coord.raft.internal.store.Context;
import dev.coord.raft.internal.store.Effect;
import dev.coord.raft.internal.store.Proposal;
import dev.coord.raft.internal.store.Store;
import dev.coord.raft.internal.store.View;
import dev.coord.raft.testing.ManualTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What Raft promises, without Raft: one log, of which a leader commits entries after a while; a new leader keeps any
 * prefix of what the old one had appended and not committed; the old one may not know for long that it was deposed. A
 * store is kept up with the commits: what it holds is the truth.
 */
final class SimRaft {
    private final ManualTime time;
    private final Random random;
    private final Map<String, Node> nodes = new TreeMap<>();
    private final List<LogEntry> committed = new ArrayList<>();
    private final ArrayDeque<LogEntry> pending = new ArrayDeque<>();
    private final Set<String> cutOff = new HashSet<>();
    private final Store truth = new Store();
    private Consumer<List<Effect>> onCommit = effects -> {};
    private @Nullable Node leader;
    private long term;

    /** How long a commit takes, and how long until a peer hears of it; at most, in milliseconds. */
    int commitMillis = 2;

    int lagMillis = 2;

    /** How likely a peer that is behind gets a snapshot instead of entries. */
    double snapshots;

    int snapshotsInstalled;
    int lost;

    /** An entry; without a batch one of Raft's own. */
    private record LogEntry(long term, @Nullable List<Proposal> batch, CompletableFuture<Void> done) {}

    SimRaft(ManualTime time, Random random) {
        this.time = time;
        this.random = random;
    }

    Node add(String id, PeerCore core) {
        Node node = new Node(id, core.newStateMachine());
        nodes.put(id, node);
        core.raft(node);
        return node;
    }

    Node node(String id) {
        return requireNonNull(nodes.get(id));
    }

    void onCommit(Consumer<List<Effect>> listener) {
        onCommit = listener;
    }

    /** The state after everything committed. */
    View truth() {
        return truth.view();
    }

    long term() {
        return term;
    }

    @Nullable
    String leader() {
        return leader == null ? null : leader.id;
    }

    boolean isCutOff(String id) {
        return cutOff.contains(id);
    }

    /** Nothing reaches these any more, and nothing from them the others; replaces who was cut off before. */
    void cutOff(Set<String> ids) {
        Set<String> back = new HashSet<>(cutOff);
        back.removeAll(ids);
        cutOff.clear();
        cutOff.addAll(ids);
        for (String id : back) {
            Node node = node(id);
            later(lagMillis, node::catchUp);
            later(lagMillis, node::learn);
        }
        later(commitMillis, this::commit);
    }

    /** Makes a peer that is not cut off the leader of a new term. */
    void elect(String id) {
        Node next = node(id);
        Node before = leader;
        keepPrefix(next, before);
        term++;
        leader = next;
        pending.add(new LogEntry(term, null, new CompletableFuture<>()));
        next.know(term, id);
        // Its voters make a majority; the others hear of it later, the old leader last.
        List<Node> voters = new ArrayList<>(nodes.values());
        voters.removeIf(node -> node == next || node == before || cutOff.contains(node.id));
        if (before != null && before != next && 1 + voters.size() <= nodes.size() / 2) {
            voters.add(before);
        }
        voters.forEach(voter -> voter.know(term, null));
        nodes.values().forEach(node -> later(node == before ? 60 : lagMillis, node::learn));
        later(commitMillis, this::commit);
    }

    private void keepPrefix(Node next, @Nullable Node before) {
        int kept = next == before ? pending.size() : random.nextInt(pending.size() + 1);
        while (pending.size() > kept) {
            LogEntry entry = pending.removeLast();
            lost++;
            if (before != null) {
                before.doomed.add(entry);
            }
        }
    }

    private void later(int maxMillis, Runnable task) {
        time.schedule(Duration.ofNanos((long) (random.nextDouble() * maxMillis * 1_000_000)), task);
    }

    private void commit() {
        if (leader == null || cutOff.contains(leader.id) || pending.isEmpty()) {
            return;
        }
        // Not always all that is there: entries commit one by one too.
        int count = 1 + random.nextInt(pending.size());
        for (int i = 0; i < count; i++) {
            LogEntry entry = pending.removeFirst();
            Context context = new Context(entry.term(), committed.size());
            committed.add(entry);
            if (entry.batch() == null) {
                truth.skip(context);
            } else {
                onCommit.accept(truth.apply(context, entry.batch()));
            }
        }
        nodes.values().forEach(node -> later(lagMillis, node::catchUp));
        if (!pending.isEmpty()) {
            later(commitMillis, this::commit);
        }
    }

    /** One peer's Raft. */
    final class Node implements RaftNode {
        private final String id;
        private final StateMachine machine;
        private final List<LogEntry> doomed = new ArrayList<>();
        private int applied;
        private long knownTerm;
        private @Nullable String knownLeader;
        private boolean ready;

        /** Neither entries nor news of leaders reach it, though messages do. */
        boolean starved;

        private Node(String id, StateMachine machine) {
            this.id = id;
            this.machine = machine;
        }

        private boolean leads() {
            return id.equals(knownLeader);
        }

        @Override
        public RaftStatus status() {
            return new RaftStatus(
                    knownTerm, knownLeader, leads(), leads() && ready, applied - 1L, nodes.keySet(), Set.of());
        }

        @Override
        public CompletableFuture<Void> append(byte[] bytes) {
            if (!leads()) {
                return CompletableFuture.failedFuture(new AppendException("does not lead", false, knownLeader));
            }
            LogEntry entry = new LogEntry(knownTerm, CommandCodec.decode(bytes), new CompletableFuture<>());
            if (this == leader && knownTerm == term) {
                pending.add(entry);
                later(commitMillis, SimRaft.this::commit);
            } else {
                lost++;
                doomed.add(entry);
            }
            return entry.done();
        }

        private void know(long newTerm, @Nullable String newLeader) {
            boolean news = knownTerm != newTerm;
            ready = ready && !news;
            knownTerm = newTerm;
            knownLeader = newLeader;
            machine.statusChanged();
            if (news || !leads()) {
                List<LogEntry> over = List.copyOf(doomed);
                doomed.clear();
                over.forEach(
                        entry -> entry.done().completeExceptionally(new AppendException("deposed", true, newLeader)));
            }
        }

        /** Seems not to be the ready leader for a moment, within its term. */
        void flicker() {
            boolean before = ready;
            ready = false;
            machine.statusChanged();
            later(3, () -> {
                ready = before && leads();
                machine.statusChanged();
            });
        }

        private void learn() {
            if (!cutOff.contains(id) && !starved && leader != null && !cutOff.contains(leader.id)) {
                if (knownTerm != term || !leader.id.equals(knownLeader)) {
                    know(term, leader.id);
                }
            }
        }

        void catchUp() {
            if (cutOff.contains(id) || starved) {
                return;
            }
            if (committed.size() - applied > 1 && this != leader && random.nextDouble() < snapshots) {
                install();
            }
            while (applied < committed.size()) {
                apply(committed.get(applied));
            }
        }

        void install() {
            try {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                SnapshotCodec.write(truth.view(), out);
                applied = committed.size();
                machine.restore(new ByteArrayInputStream(out.toByteArray()));
                snapshotsInstalled++;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void apply(LogEntry entry) {
            int index = applied++;
            boolean becomesReady = leads() && !ready && entry.term() == knownTerm;
            if (entry.batch() == null) {
                machine.skip(entry.term(), index);
            } else {
                machine.apply(entry.term(), index, CommandCodec.encode(entry.batch()));
            }
            if (becomesReady) {
                ready = true;
                machine.statusChanged();
            }
            if (leads()) {
                entry.done().complete(null);
            }
        }

        @Override
        public boolean isBlank() {
            return false;
        }

        @Override
        public void campaign() {}

        @Override
        public void close() {}
    }
}
