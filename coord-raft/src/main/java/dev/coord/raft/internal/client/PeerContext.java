package dev.coord.raft.internal.client;

import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.raft.internal.transport.Transport;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What the parts of a peer share: its name, its time, its threads, its transport, and its Raft node of the moment. */
final class PeerContext {
    /** How often deadlines are looked at, while there are any. */
    static final Duration TICK = Duration.ofMillis(20);

    private static final RaftStatus NO_RAFT = new RaftStatus(-1, null, false, false, -1, Set.of(), Set.of());

    private final String self;
    private final PeerServices services;
    private final Duration electionTimeout;
    private final PeerMeasures measures;
    private volatile @Nullable RaftNode node;
    private final AtomicReference<@Nullable String> end = new AtomicReference<>();

    PeerContext(String self, PeerServices services, Duration electionTimeout) {
        this.self = self;
        this.services = services;
        this.electionTimeout = electionTimeout;
        this.measures = new PeerMeasures(services.ticker());
    }

    String self() {
        return self;
    }

    PeerMeasures measures() {
        return measures;
    }

    Ticker ticker() {
        return services.ticker();
    }

    Scheduler scheduler() {
        return services.scheduler();
    }

    /** Threads for our own short work that may block on the log. */
    Executor work() {
        return services.work();
    }

    /** Threads for the user's listeners and dependents. */
    Executor callbacks() {
        return services.callbacks();
    }

    /** Whether the caller is a thread behind which that may be queued for which it would wait. */
    boolean mayNotWait() {
        return services.callbacks() instanceof CallbackExecutor pool && pool.mayNotWait();
    }

    Transport transport() {
        return services.transport();
    }

    /** Notes why the peer ends, like {@code was closed}; false if it had ended before. */
    boolean close(String why) {
        return end.compareAndSet(null, why);
    }

    boolean isClosed() {
        return end.get() != null;
    }

    /** Says that the peer has ended, and why. */
    String ending() {
        String why = end.get();
        return "peer " + self + " " + (why == null ? "was closed" : why);
    }

    void node(@Nullable RaftNode current) {
        node = current;
    }

    boolean runsRaft() {
        return node != null;
    }

    RaftStatus status() {
        RaftNode current = node;
        return current == null ? NO_RAFT : current.status();
    }

    RaftNode node() {
        RaftNode current = node;
        return current == null ? ClosedNode.INSTANCE : current;
    }

    CompletableFuture<byte[]> forward(String leader, byte[] entry) {
        return transport().request(leader, MessageKind.PROPOSE, entry, electionTimeout.multipliedBy(4));
    }

    /** How long batches may be in flight without any being applied before they are sent again. */
    Duration stallTimeout() {
        return electionTimeout.multipliedBy(2);
    }

    /** How long to wait for an answer that costs no disk. */
    Duration requestTimeout() {
        return electionTimeout;
    }

    /** Says for error messages how this peer sees the cluster. */
    String describe() {
        RaftStatus status = status();
        if (status.term() < 0) {
            return "peer " + self + " is not running Raft: see its status";
        }
        return "peer " + self + " knows "
                + (status.leader() == null ? "no Raft leader" : "Raft leader " + status.leader()) + " in term "
                + status.term();
    }

    /** Stands in while there is no Raft node. */
    private enum ClosedNode implements RaftNode {
        INSTANCE;

        @Override
        public RaftStatus status() {
            return NO_RAFT;
        }

        @Override
        public CompletableFuture<Void> append(byte[] entry) {
            return CompletableFuture.failedFuture(new IllegalStateException("no Raft node"));
        }

        @Override
        public void expects(String peer) {}

        /** Not known, so none that another could have more than. */
        @Override
        public LogEnd logEnd() {
            return new LogEnd(Long.MAX_VALUE, Long.MAX_VALUE);
        }

        @Override
        public boolean heardLeader() {
            return false;
        }

        @Override
        public CompletableFuture<Void> changeVoters(Set<String> expected, Set<String> wanted) {
            return CompletableFuture.failedFuture(new IllegalStateException("no Raft node"));
        }

        @Override
        public CompletableFuture<Void> handOver(Set<String> candidates) {
            return CompletableFuture.failedFuture(new IllegalStateException("no Raft node"));
        }

        @Override
        public void campaign() {}

        @Override
        public void close() {}
    }
}
