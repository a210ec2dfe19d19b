package dev.coord.raft;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.net.Messenger;
import dev.coord.raft.PeerStartException.Reason;
import dev.coord.raft.internal.client.ClientLimits;
import dev.coord.raft.internal.client.Invitation;
import dev.coord.raft.internal.client.Invitation.Guest;
import dev.coord.raft.internal.client.PeerCore;
import dev.coord.raft.internal.client.PeerServices;
import dev.coord.raft.internal.client.RaftStatus;
import dev.coord.raft.internal.ratis.RatisFigures;
import dev.coord.raft.internal.ratis.RatisNode;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.raft.internal.transport.NettyTransport;
import dev.coord.raft.internal.transport.NettyTransportConfig;
import dev.coord.raft.internal.transport.PeerAddress;
import dev.coord.raft.internal.transport.Transport;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One peer of an ensemble, embedded in this JVM: a full replica of the store, which takes part in Raft and serves handles
 * from its own memory. Safe for use by any thread.
 *
 * <p>{@link Builder#start()} returns when the peer runs; it does not wait for the others. Until a majority is up,
 * operations wait and fail at their timeout.
 *
 * <p>It logs through SLF4J: what an operator should know at INFO and above, under {@code dev.coord}. Raft's own log,
 * {@code org.apache.ratis}, is talkative at INFO; set it to WARN.
 */
public final class CoordPeer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CoordPeer.class);
    private static final Duration FIRST_ANSWERS = Duration.ofSeconds(2);

    private final PeerConfig config;
    private final PeerThreads threads;
    private final Transport transport;
    private final PeerCore core;
    private final Supervisor supervisor;
    private final Acquaintances acquaintances;
    private final PeerDirectory directory;
    private final AtomicReference<@Nullable CompletableFuture<Coord>> shared = new AtomicReference<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Membership membership;

    private CoordPeer(PeerConfig config, TransportFactory transports) {
        this.config = config;
        directory = PeerDirectory.open(config.dataDirectory(), config.cluster(), config.id());
        threads = new PeerThreads(config.id());
        transport = transports.create(config, threads.scheduler());
        PeerServices services =
                new PeerServices(Ticker.system(), threads.scheduler(), threads.work(), threads.callbacks(), transport);
        core = new PeerCore(
                config.id(),
                config.members().keySet(),
                directory.id(),
                services,
                config.electionTimeout(),
                config.limits(),
                new SplittableRandom());
        supervisor = new Supervisor(config, directory, core, transport, threads.scheduler(), threads.work());
        membership = new Membership(core, transport, config.members());
        acquaintances = new Acquaintances(
                core,
                threads.scheduler(),
                directory.id(),
                config.id(),
                config.members().keySet());
    }

    /** Makes a peer's transport. */
    @FunctionalInterface
    interface TransportFactory {
        Transport create(PeerConfig config, Scheduler scheduler);
    }

    /**
     * Returns a builder with the default settings.
     *
     * @return a builder; not safe for use by several threads
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns a builder with settings from properties named {@code coord.id}, {@code coord.members},
     * {@code coord.data-directory} and so on; properties without the prefix {@code coord.} are ignored.
     *
     * @param properties the settings; durations like {@code 500ms}, {@code 10s} or ISO-8601
     * @return a builder
     * @throws InvalidConfigException if a property is unknown or its value malformed
     */
    public static Builder fromProperties(Properties properties) {
        Builder builder = new Builder();
        PeerProperties.apply(properties, builder);
        return builder;
    }

    // ---- life

    private CoordPeer start() {
        try {
            if (directory.joined()) {
                core.takesPart();
            }
            transport.start(this::route, core::peerGone);
            takePart();
            return this;
        } catch (BindException e) {
            abort();
            throw new PeerStartException(Reason.PORT_IN_USE, "peer " + config.id() + " " + e.getMessage(), e);
        } catch (IOException e) {
            abort();
            throw new PeerStartException(
                    Reason.OTHER, "peer " + config.id() + " cannot start its transport: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            abort();
            throw e;
        }
    }

    private void takePart() {
        if (directory.joined()) {
            supervisor.open();
            return;
        }
        supervisor.waiting(
                "new here: waiting for the others to say so or, if the cluster is there already, to be added to it"
                        + " by Membership.add at one of its members");
        CompletableFuture<Void> firstRound = acquaintances.ask();
        try {
            firstRound.get(FIRST_ANSWERS.toMillis(), TimeUnit.MILLISECONDS);
            if (acquaintances.expectsAnswer()) {
                acquaintances.welcome.get(FIRST_ANSWERS.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (CancellationException | ExecutionException | TimeoutException e) {
            log.debug("not all peers have answered yet: {}", e.toString());
        }
        if (acquaintances.welcome.isCancelled()) {
            return;
        }
        if (acquaintances.welcome.isDone()) {
            openIfWelcome(acquaintances.welcome.join());
        } else {
            log.info(
                    "peer {} is new; before it takes part it asks those it has not reached yet: {}",
                    config.id(),
                    acquaintances.missing());
            acquaintances.welcome.thenAcceptAsync(this::openLater, threads.work());
        }
    }

    private void openIfWelcome(boolean welcome) {
        if (!welcome) {
            throw directory.memoryLost("its data directory " + directory + " is empty");
        }
        supervisor.open();
    }

    private void openLater(boolean welcome) {
        try {
            openIfWelcome(welcome);
        } catch (PeerStartException e) {
            supervisor.refuse(e);
        }
    }

    private CompletableFuture<byte[]> route(String from, MessageKind kind, byte[] payload) {
        core.heardFrom(from);
        if (kind == MessageKind.INVITE) {
            return accept(Invitation.decode(payload));
        }
        RatisNode node = supervisor.node();
        boolean raft = switch (kind) {
            case RAFT_VOTE, RAFT_APPEND, RAFT_SNAPSHOT, RAFT_ELECTION -> true;
            default -> false;
        };
        return raft && node != null ? node.handle(from, kind, payload) : core.handle(from, kind, payload);
    }

    /** Answers the leader of a cluster that is to have this peer as a member. */
    private CompletableFuture<byte[]> accept(Invitation invitation) {
        return CompletableFuture.supplyAsync(
                () -> {
                    core.checkOpen();
                    if (invitation == Invitation.COME) {
                        acquaintances.cancel();
                        supervisor.openInvited();
                    }
                    RatisNode node = supervisor.node();
                    boolean blank = node == null ? !directory.joined() : node.isBlank();
                    return new Guest(
                                    directory.id(),
                                    blank,
                                    Math.max(0, core.status().term()))
                            .encode();
                },
                threads.work());
    }

    private void abort() {
        closed.set(true);
        stop();
    }

    /** Stops everything, in the order that lets nothing wait for what is gone. */
    private void stop() {
        acquaintances.cancel();
        core.close();
        supervisor.close();
        transport.close();
        threads.close();
    }

    /**
     * Ends the sessions opened here, waiting twice the election timeout for the store at most, and stops the peer. No
     * thread, socket or lock is left when it returns. Safe to repeat.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            endSessions();
            stop();
        }
    }

    /** Ends the sessions opened here, if the store can be reached soon; else they end by their time limit. */
    void endSessions() {
        if (core.status().leader() != null) {
            core.closeHandles(config.electionTimeout().multipliedBy(2));
        }
    }

    /** Stops as a crash would, as far as a part of a process can: nobody is told and nothing is finished. */
    void kill() {
        if (closed.compareAndSet(false, true)) {
            transport.close();
            stop();
        }
    }

    // ---- use

    /**
     * Returns the peer's shared handle, whose session is opened at the first call, and anew by the first call after it has
     * ended. Waits for that up to the operation timeout. Closed with the peer.
     *
     * <p>A handle whose session has ended stays open until it is closed: its watches and local reads go on, and so do its
     * leases. Close it before you go on with the new one, or each change is told twice.
     *
     * @return the handle
     * @throws InterruptedException if interrupted while waiting
     * @throws CoordException if no session could be opened, as {@link dev.coord.kv.Kv} describes for writes
     */
    public Coord coord() throws InterruptedException {
        CompletableFuture<Coord> current = shared.get();
        while (current == null || isUseless(current)) {
            CompletableFuture<Coord> fresh = new CompletableFuture<>();
            if (shared.compareAndSet(current, fresh)) {
                openSessionAsync(config.sessionTtl()).whenComplete((coord, error) -> {
                    if (error == null) {
                        fresh.complete(coord);
                    } else {
                        fresh.completeExceptionally(error);
                    }
                });
                return await(fresh);
            }
            current = shared.get();
        }
        return await(current);
    }

    private static boolean isUseless(CompletableFuture<Coord> opened) {
        return opened.isDone() && (opened.isCompletedExceptionally() || PeerCore.isEnded(opened.join()));
    }

    /**
     * Opens a session of its own and returns its handle, waiting up to the operation timeout.
     *
     * @param ttl how long the session outlives its last keep-alive; {@link dev.coord.lease.Leases#MIN_TTL} to
     *     {@link dev.coord.lease.Leases#MAX_TTL}
     * @return the handle; close it when done
     * @throws InterruptedException if interrupted while waiting
     * @throws CoordException if no session could be opened, as {@link dev.coord.kv.Kv} describes for writes
     */
    public Coord openSession(Duration ttl) throws InterruptedException {
        return awaitOrClose(openSessionAsync(ttl));
    }

    private static Coord awaitOrClose(CompletableFuture<Coord> opened) throws InterruptedException {
        try {
            return await(opened);
        } catch (InterruptedException e) {
            // Nobody will close what is opened yet.
            opened.thenAccept(Coord::close);
            throw e;
        }
    }

    /**
     * Opens a session of its own without waiting.
     *
     * @param ttl how long the session outlives its last keep-alive
     * @return its handle
     */
    public CompletableFuture<Coord> openSessionAsync(Duration ttl) {
        return core.openSession(ttl);
    }

    /**
     * Opens a session that others may end before its time, waiting up to the operation timeout: for a fast failover, as soon
     * as a failure detector suspects this peer.
     *
     * @param ttl how long the session outlives its last keep-alive, unless somebody ends it sooner
     * @param validity for how long the session relies on a keep-alive, {@link dev.coord.lease.Leases#MIN_TTL} to the time to
     *     live: once it has been silent for so long others may {@linkplain dev.coord.lease.Leases#endIfSilent end} it. Choose it
     *     longer than an election of a Raft leader takes, or the session lapses meanwhile
     * @return the handle; close it when done
     * @throws InterruptedException if interrupted while waiting
     * @throws CoordException if no session could be opened, as {@link dev.coord.kv.Kv} describes for writes
     */
    public Coord openSession(Duration ttl, Duration validity) throws InterruptedException {
        return awaitOrClose(openSessionAsync(ttl, validity));
    }

    /**
     * Opens a session that others may end before its time, as {@link #openSession(Duration, Duration)} does, without waiting.
     *
     * @param ttl how long the session outlives its last keep-alive, unless somebody ends it sooner
     * @param validity for how long the session relies on a keep-alive
     * @return its handle
     */
    public CompletableFuture<Coord> openSessionAsync(Duration ttl, Duration validity) {
        return core.openSession(ttl, validity);
    }

    private static Coord await(CompletableFuture<Coord> opened) throws InterruptedException {
        try {
            return opened.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CoordException failure) {
                throw failure;
            }
            throw new AssertionError(e.getCause());
        }
    }

    /**
     * Returns the way to send requests to other peers, apart from the log. It works from the start on, whether there is a Raft
     * leader or not, and until the peer is closed, or removed from the cluster.
     *
     * @return the messenger, the same each time
     */
    public Messenger messenger() {
        return core.messenger();
    }

    /**
     * Returns how the peer is. Local; does not wait.
     *
     * @return its status at this moment
     */
    public PeerStatus status() {
        RaftStatus raft = core.status();
        Supervisor.Standing standing = supervisor.standing();
        return new PeerStatus(
                config.id(),
                standing.state(),
                raft.leader(),
                raft.leading(),
                raft.term(),
                core.view().revision(),
                core.view().index(),
                standing.problem() == null ? strangeness(raft) : standing.problem());
    }

    /** One that was started anew after its removal may not know of it, as nobody speaks to it. */
    private @Nullable String strangeness(RaftStatus raft) {
        boolean called = raft.term() >= 0 && raft.voters().isEmpty() && directory.invited();
        return called || raft.leavesOut(config.id())
                ? "not a member of the cluster: add it by Membership.add at a member, or close it"
                : null;
    }

    /**
     * Returns the members of the cluster, to be looked at and changed.
     *
     * @return the membership as this peer knows it, the same each time
     */
    public Membership membership() {
        return membership;
    }

    /**
     * Returns the peer's id.
     *
     * @return its id among the members
     */
    public String id() {
        return config.id();
    }

    int callbacksWaiting() {
        return threads.callbacksWaiting();
    }

    int callbackThreads() {
        return threads.callbackThreads();
    }

    RatisFigures ratisFigures() {
        return supervisor.figures();
    }

    /** The members of the settings. */
    Set<String> members() {
        return config.members().keySet();
    }

    PeerCore core() {
        return core;
    }

    @Override
    public String toString() {
        return "CoordPeer(" + status() + ")";
    }

    /** Collects a peer's settings. Not safe for use by several threads. */
    public static final class Builder {
        private String cluster = "coord";
        private @Nullable String id;
        private Map<String, PeerAddress> members = Map.of();
        private @Nullable Path dataDirectory;
        private @Nullable String listenHost;
        private @Nullable TlsConfig tls;
        private Duration electionTimeout = Duration.ofSeconds(1);
        private Duration sessionTtl = Duration.ofSeconds(10);
        private Duration operationTimeout = Duration.ofSeconds(10);
        private int historyRevisions = 50_000;
        private long historyBytes = 64L << 20;
        private Duration historyAge = Duration.ofHours(1);
        private long snapshotEntries = 50_000;
        private long snapshotBytes = 64L << 20;
        private long retainedEntries = 5_000;
        private long minFreeBytes = 64L << 20;
        private Duration retryCacheExpiry = Duration.ofSeconds(2);
        private int maxInFlight = 8_192;
        private int maxLeases = 100_000;
        private int maxWatches = 100_000;
        private Duration progressInterval = Duration.ofSeconds(10);

        private Builder() {}

        /**
         * Sets the cluster's name; peers of another are refused. Default {@code coord}.
         *
         * @param name 1 to 64 letters, digits, dots, dashes or underscores
         * @return this builder
         */
        public Builder cluster(String name) {
            cluster = name;
            return this;
        }

        /**
         * Sets this peer's id among the members. Required.
         *
         * @param peerId 1 to 64 letters, digits, dots, dashes or underscores
         * @return this builder
         */
        public Builder id(String peerId) {
            id = peerId;
            return this;
        }

        /**
         * Sets the members of the ensemble, this peer among them. Three survive the loss of one, five of two; one is
         * enough to try things out. Required. At the very first start all of them must be reached. Who comes later is
         * {@linkplain Membership#add added}: it is given the members of the moment and itself, the others need not be told.
         *
         * @param text {@code n1=10.0.0.1:7101,n2=10.0.0.2:7101,n3=10.0.0.3:7101}; the port of this peer's own address
         *     is listened on
         * @return this builder
         * @throws InvalidConfigException if the text is malformed
         */
        public Builder members(String text) {
            members = new LinkedHashMap<>(Members.parse(text));
            return this;
        }

        /**
         * Sets where the log and the snapshots are kept, for this peer alone. Required.
         *
         * @param directory a directory on a local disk; created if missing
         * @return this builder
         */
        public Builder dataDirectory(Path directory) {
            dataDirectory = directory;
            return this;
        }

        /**
         * Sets the local host name or address to listen on, if it is not that of the members, for example {@code 0.0.0.0}.
         *
         * @param host a local host name or address
         * @return this builder
         */
        public Builder listenHost(String host) {
            listenHost = host;
            return this;
        }

        /**
         * Encrypts and authenticates the traffic between the peers. All must do so.
         *
         * @param config certificates and keys
         * @return this builder
         */
        public Builder tls(TlsConfig config) {
            tls = config;
            return this;
        }

        /**
         * Sets after how long without word of a Raft leader an election is held; up to twice that. Default 1 s. A leader
         * whose process ends is replaced sooner.
         *
         * @param timeout at least 50 ms; longer than the longest pause of a healthy peer
         * @return this builder
         */
        public Builder electionTimeout(Duration timeout) {
            electionTimeout = timeout;
            return this;
        }

        /**
         * Sets how long the session of the shared handle outlives its last keep-alive. Default 10 s.
         *
         * @param ttl at least twice the election timeout
         * @return this builder
         */
        public Builder sessionTtl(Duration ttl) {
            sessionTtl = ttl;
            return this;
        }

        /**
         * Sets how long an operation may take unless its handle says otherwise. Default 10 s.
         *
         * @param timeout positive
         * @return this builder
         */
        public Builder operationTimeout(Duration timeout) {
            operationTimeout = timeout;
            return this;
        }

        /**
         * Sets how many revisions stay readable for {@code at(revision)} and for watches that lag or resume. Default
         * 50,000; for a moment there may be more.
         *
         * @param revisions positive
         * @return this builder
         */
        public Builder historyRevisions(int revisions) {
            historyRevisions = revisions;
            return this;
        }

        /**
         * Sets how much memory the past revisions may take, about; within it, their number. Default 64 MiB.
         *
         * @param bytes positive
         * @return this builder
         */
        public Builder historyBytes(long bytes) {
            historyBytes = bytes;
            return this;
        }

        /**
         * Sets how long revisions stay readable, within their number. Default 1 hour.
         *
         * @param age at least 1 s
         * @return this builder
         */
        public Builder historyAge(Duration age) {
            historyAge = age;
            return this;
        }

        /**
         * Sets after how many log entries a snapshot is written, and the log before it dropped. Default 50,000.
         *
         * @param entries positive
         * @return this builder
         */
        public Builder snapshotEntries(int entries) {
            snapshotEntries = entries;
            retainedEntries = Math.min(retainedEntries, entries);
            return this;
        }

        /**
         * Sets how many operations a session may have in flight: writes, and reads that cannot be served at once, until their
         * caller is told. Past it callers are refused, or wait: see {@link dev.coord.kv.Kv#waitingForRoom()}. Default 8,192.
         *
         * @param operations positive
         * @return this builder
         */
        public Builder maxInFlight(int operations) {
            maxInFlight = operations;
            return this;
        }

        /**
         * Sets how many leases a session may hold besides its own. Default 100,000.
         *
         * @param leases positive
         * @return this builder
         */
        public Builder maxLeases(int leases) {
            maxLeases = leases;
            return this;
        }

        /**
         * Sets how many watches this peer serves. Default 100,000.
         *
         * @param watches positive
         * @return this builder
         */
        public Builder maxWatches(int watches) {
            maxWatches = watches;
            return this;
        }

        Builder retryCacheExpiry(Duration expiry) {
            retryCacheExpiry = expiry;
            return this;
        }

        /**
         * Sets after how long without a change in its range a watch is told how far it has come. Default 10 s.
         *
         * @param interval at least 1 ms
         * @return this builder
         */
        public Builder progressInterval(Duration interval) {
            progressInterval = interval;
            return this;
        }

        /**
         * Starts the peer. Returns once it runs, or, if it is new to the cluster, once it is on its way to join: the very
         * first start of a cluster waits, in the background, for all peers of three.
         *
         * @return the running peer
         * @throws InvalidConfigException if a setting is missing or wrong
         * @throws PeerStartException if the directory, the disk, the log or the port do not allow it
         */
        public CoordPeer start() {
            return start(CoordPeer::nettyTransport);
        }

        CoordPeer start(TransportFactory transports) {
            return new CoordPeer(config(), transports).start();
        }

        private PeerConfig config() {
            if (id == null || dataDirectory == null || members.isEmpty()) {
                throw new InvalidConfigException("id, members and dataDirectory must be set; missing: "
                        + (id == null ? "id " : "")
                        + (members.isEmpty() ? "members " : "")
                        + (dataDirectory == null ? "dataDirectory " : ""));
            }
            ClientLimits limits = new ClientLimits(
                    operationTimeout,
                    maxInFlight,
                    2,
                    maxLeases,
                    maxWatches,
                    progressInterval,
                    historyRevisions,
                    historyBytes,
                    historyAge);
            return new PeerConfig(
                    cluster,
                    id,
                    Map.copyOf(members),
                    dataDirectory,
                    listenHost,
                    tls,
                    electionTimeout,
                    sessionTtl,
                    snapshotEntries,
                    snapshotBytes,
                    retainedEntries,
                    minFreeBytes,
                    retryCacheExpiry,
                    limits);
        }
    }

    private static Transport nettyTransport(PeerConfig config, Scheduler scheduler) {
        NettyTransportConfig netty = NettyTransportConfig.of(config.cluster(), config.id(), config.bindAddress())
                .withTls(config.tls());
        return new NettyTransport(netty, config.members());
    }
}
