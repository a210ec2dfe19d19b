package dev.coord.raft.internal.ratis;

import dev.coord.raft.internal.client.LogEnd;
import dev.coord.raft.internal.client.RaftNode;
import dev.coord.raft.internal.client.RaftStatus;
import dev.coord.raft.internal.transport.MessageKind;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raft on one peer, by Apache Ratis. No type of Ratis is seen outside this package.
 *
 * <p>The peer gives {@link #handle} every request of a {@code RAFT_} kind that its transport receives, and starts that
 * transport itself; requests that arrive too early are refused.
 */
public final class RatisNode implements RaftNode {
    private static final Logger LOG = LoggerFactory.getLogger(RatisNode.class);

    /** Ratis takes milliseconds; it has been seen to hang when its own threads fail while it closes. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private final RatisNodeConfig config;
    private final DirectoryLock directoryLock;
    private final RaftGroupId groupId;
    private final LogFiles files;
    private final RatisRpc rpc;
    private final Lanes lanes;
    private final Snapshotter snapshotter;
    private final OwnThreads threads;
    private final SegmentNames segmentNames;
    private final SegmentSizes segmentSizes = new SegmentSizes();
    private final RatisStateMachine shell;
    private final RaftServer server;
    private final RaftServer.Division division;
    private final ConfigurationGuard configurations;
    private final RatisInbound inbound;
    private final Submitter submitter;
    private final StatusReader status;
    private final Campaign campaign;
    private final Reconfiguration reconfiguration;
    private final AtomicBoolean failed = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean opened;

    private RatisNode(RatisNodeConfig config, DirectoryLock directoryLock, OwnThreads threads, boolean withoutLog)
            throws IOException {
        this.config = config;
        this.directoryLock = directoryLock;
        groupId = groupId(config.clusterId());
        files = new LogFiles(config.directory(), groupId);
        rpc = new RatisRpc(config, files);
        lanes = new Lanes("coord-" + config.selfId() + "-raft");
        SnapshotStore store = new SnapshotStore();
        snapshotter = new Snapshotter(config, store, this::onSnapshot);
        this.threads = threads;
        segmentNames = files.segmentNames(config.ticker());
        shell = new RatisStateMachine(
                config.stateMachine(), store, snapshotter, this::beforeLogFlush, this::onFailure, this::onStopped);
        if (withoutLog) {
            files.drop();
        }
        files.recallVote();
        files.renewOpenSegment();
        server = threads.call(this::build);
        division = division();
        configurations = new ConfigurationGuard(division);
        inbound = new RatisInbound(
                server, division, groupId, lanes, files, configurations, this::onForgottenConfiguration);
        rpc.mayCampaign(this::knowsMembers);
        submitter = new Submitter(division, groupId, config.maxEntryBytes(), shell::isBroken);
        status = new StatusReader(division);
        campaign = new Campaign(server, division, groupId);
        reconfiguration = new Reconfiguration(server, groupId, config.transport(), config.electionTimeoutMax());
    }

    /**
     * Starts Raft on the directory, which may be empty: whether it may is for the caller to decide, for a peer that lost its
     * directory may vote twice.
     *
     * @throws RaftOpenException if it cannot be started; no thread and no lock is left then
     */
    public static RatisNode open(RatisNodeConfig config) throws RaftOpenException {
        RatisNode node = start(config, false);
        if (node.logEndsBeforeSnapshot()) {
            LOG.warn("{}: the log ends before the snapshot, which holds all that it held: begun anew", config.selfId());
            node.close();
            node = start(config, true);
        }
        node.inbound.open();
        return node;
    }

    private static RatisNode start(RatisNodeConfig config, boolean withoutLog) throws RaftOpenException {
        DirectoryLock lock = DirectoryLock.acquire(config.directory(), config.minFreeBytes());
        OwnThreads threads = new OwnThreads("coord-" + config.selfId(), config.ticker());
        NodeMetricRegistries.assign(threads.group(), config.figures());
        RatisNode node = null;
        try {
            node = new RatisNode(config, lock, threads, withoutLog);
            node.start();
            return node;
        } catch (IOException | RuntimeException | Error e) {
            RaftOpenException explained = OpenFailures.explain(Failures.unwrap(e), config.directory());
            if (node == null) {
                NodeMetricRegistries.release(threads.group());
                config.figures().closed();
                lock.release();
            } else {
                node.close();
            }
            throw explained;
        }
    }

    private static RaftGroupId groupId(String clusterId) {
        return RaftGroupId.valueOf(UUID.nameUUIDFromBytes(("coord:" + clusterId).getBytes(StandardCharsets.UTF_8)));
    }

    private RaftServer build() throws IOException {
        List<RaftPeer> peers = config.members().stream()
                .sorted()
                .map(id -> RaftPeer.newBuilder().setId(id).build())
                .toList();
        boolean exists = storage().exists();
        return RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf(config.selfId()))
                .setGroup(RaftGroup.valueOf(groupId, peers))
                .setStateMachine(shell)
                .setProperties(RatisProperties.of(config))
                .setParameters(CoordRpcType.parameters(rpc))
                .setThreadGroup(threads.group())
                .setOption(exists ? StartupOption.RECOVER : StartupOption.FORMAT)
                .build();
    }

    private File storage() {
        return config.directory().resolve(groupId.getUuid().toString()).toFile();
    }

    private RaftServer.Division division() throws IOException {
        try {
            return server.getDivision(groupId);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    RaftLog log() {
        return division.getRaftLog();
    }

    /** On the thread that writes the log. */
    private void beforeLogFlush() throws IOException {
        segmentNames.makeDurable();
        segmentSizes.remember(log());
    }

    private void start() throws IOException {
        threads.call(() -> {
            server.start();
            return server;
        });
        checkNoGap();
        files.forceDirectories();
        configurations.begin();
        opened = true;
    }

    /**
     * A snapshot came from the leader, or was written by a peer that had applied what was not yet on its disk, and then the
     * process or the power ended. Ratis would start, and refuse every entry for the gap.
     */
    private boolean logEndsBeforeSnapshot() {
        TermIndex last = log().getLastEntryTermIndex();
        return last != null && last.getIndex() < log().getSnapshotIndex();
    }

    /**
     * The log begins after entries that no snapshot holds: the snapshot was lost, and an empty state would pass for it. Or there is
     * a snapshot, and nothing tells the members of its time: those of the settings may be others.
     */
    private void checkNoGap() throws IOException {
        long first = log().getStartIndex();
        long covered = log().getSnapshotIndex();
        if (first > covered + 1) {
            throw new SnapshotCorruptException("the log begins at entry " + first
                    + (covered < 0 ? ", and there is no snapshot" : ", the snapshot ends at " + covered));
        }
        // An invited peer counts on nobody then, until the leader tells.
        if (covered >= 0
                && division.getRaftConf().getLogEntryIndex() < 0
                && !config.members().isEmpty()) {
            throw new SnapshotCorruptException("raft-meta.conf beside it, which says who the members are, is gone");
        }
    }

    private boolean knowsMembers() {
        boolean forgotten = configurations.isForgotten();
        if (forgotten) {
            onForgottenConfiguration();
        }
        return !forgotten;
    }

    /** What Ratis has forgotten it reads in its log when it is opened again. */
    private void onForgottenConfiguration() {
        onFailure(
                new IllegalStateException("Ratis goes by former members, though its log holds a later configuration"));
    }

    /** Ratis stops by itself, without a reason, when it finds or is told that it is no member. */
    private void onStopped() {
        if (configurations.isForgotten()) {
            onForgottenConfiguration();
        } else {
            onFailure(new RemovedException(!isMember()));
        }
    }

    private void onFailure(Throwable cause) {
        if (opened && !closing.get() && failed.compareAndSet(false, true)) {
            if (cause instanceof RemovedException) {
                LOG.info("{}: Raft has stopped on this peer: {}", config.selfId(), Failures.describe(cause));
            } else {
                LOG.error("{}: Raft has failed on this peer: {}", config.selfId(), Failures.describe(cause));
            }
            // A peer that cannot write its log neither follows nor campaigns, and Ratis would log every attempt.
            inbound.shut();
            rpc.shut();
            submitter.shut();
            config.onFailed().accept(cause);
            config.stateMachine().statusChanged();
        }
    }

    private boolean isMember() {
        // Ratis counts those of a configuration being left among its peers.
        Collection<RaftPeer> members = division.getRaftConf().getCurrentPeers();
        return members.isEmpty()
                || members.stream().anyMatch(peer -> peer.getId().equals(division.getId()));
    }

    private void onSnapshot(long index) {
        if (division.getInfo().isAlive() && log().isOpened()) {
            var unused = log().purge(index);
        }
    }

    /**
     * Answers a request of a {@code RAFT_} kind. Never blocks; call it on the network thread, in the order requests came.
     *
     * @param from the peer that asks
     */
    public CompletableFuture<byte[]> handle(String from, MessageKind kind, byte[] payload) {
        return inbound.handle(from, kind, payload);
    }

    @Override
    public RaftStatus status() {
        return status.read(failed.get() || closing.get());
    }

    @Override
    public void expects(String peer) {
        rpc.expectations().asks(peer);
    }

    @Override
    public boolean heardLeader() {
        return inbound.heardLeader();
    }

    @Override
    public LogEnd logEnd() {
        TermIndex last = campaign.lastEntry();
        return last == null ? LogEnd.NONE : new LogEnd(last.getTerm(), last.getIndex());
    }

    /**
     * {@inheritDoc}
     *
     * <p>It fails with {@link dev.coord.raft.internal.client.AppendException}.
     */
    @Override
    public CompletableFuture<Void> append(byte[] entry) {
        return submitter.append(entry);
    }

    @Override
    public CompletableFuture<Void> changeVoters(Set<String> expected, Set<String> wanted) {
        return reconfiguration.change(expected, wanted);
    }

    @Override
    public CompletableFuture<Void> handOver(Set<String> candidates) {
        Map<String, Long> commits = division.getCommitInfos().stream()
                .collect(Collectors.toMap(
                        info -> info.getServer().getId().toStringUtf8(), CommitInfoProto::getCommitIndex, Math::max));
        return candidates.stream()
                .max(Comparator.comparingLong((String id) -> commits.getOrDefault(id, -1L)))
                .map(reconfiguration::handOver)
                .orElseGet(() -> CompletableFuture.failedFuture(new IllegalStateException("nobody to hand over to")));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Without effect on a peer that leads or campaigns already, or that learns of another leader meanwhile. It deposes a
     * leader that is alive: the caller makes sure.
     */
    @Override
    public void campaign() {
        if (closing.get()) {
            return;
        }
        Runnable attempt = campaign.prepare();
        try {
            lanes.unordered(attempt);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: closed before it campaigned", config.selfId());
        }
    }

    /** Stops as abruptly as can be within a process, for tests; cut the transport first. No thread is left. */
    public void kill() {
        close();
    }

    /** Closes the server while another thread sees to it that its log writer does not sleep meanwhile. */
    private void closeServer() throws IOException, InterruptedException {
        if (!opened) {
            threads.call(() -> {
                server.close();
                return server;
            });
            return;
        }
        LogWriterWaker waker = new LogWriterWaker(threads, shell, config.selfId());
        waker.start();
        try {
            threads.call(
                    () -> {
                        server.close();
                        return server;
                    },
                    CLOSE_LIMIT);
        } finally {
            waker.stop();
        }
    }

    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            Thread closer = new Thread(this::closeAll, "coord-" + config.selfId() + "-raft-close");
            closer.setDaemon(true);
            closer.start();
            join(closer);
        }
    }

    /** On a thread of its own, which nobody interrupts: half closed, Raft would go on writing with its lock released. */
    private void closeAll() {
        inbound.shut();
        rpc.shut();
        files.close();
        step(snapshotter::close);
        step(this::closeServer);
        step(lanes::close);
        step(submitter::shut);
        step(() -> threads.end(division.getMemberId().toString()));
        NodeMetricRegistries.release(threads.group());
        config.figures().closed();
        new File(storage(), "in_use.lock").delete();
        directoryLock.release();
    }

    /** A step of closing, which the next ones do not depend on. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    private void step(Step step) {
        try {
            step.run();
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}: Raft did not close in order: {}", config.selfId(), Failures.describe(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
