package dev.coord.raft;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.raft.internal.transport.FreePorts;
import dev.coord.raft.internal.transport.MemoryNetwork;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Several peers in this JVM, for tests, demonstrations and first steps: {@code n1}, {@code n2}, {@code n3} and so on. They
 * are real peers with real logs on disk, connected in memory or by TCP on the loopback interface, and can be killed,
 * restarted and, in memory, cut off from each other. Safe for use by any thread.
 */
public final class LocalCluster implements AutoCloseable {

    /** How the peers are connected. */
    public enum Network {
        /** Within the JVM; peers can be cut off. */
        MEMORY,
        /** TCP on the loopback interface, as in production. */
        TCP
    }

    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final int PORTS_TRIED = 5;

    private final Builder settings;
    private final Path directory;
    private final PeerThreads threads = new PeerThreads("cluster");
    private final @Nullable MemoryNetwork network;
    private final Map<String, CoordPeer> peers = new ConcurrentHashMap<>();
    private final List<String> ids = new CopyOnWriteArrayList<>();

    private final AtomicInteger lastNumber = new AtomicInteger();

    /** Of all who are or were members, as no id and no port is used again. */
    private final Map<String, String> addresses = new ConcurrentHashMap<>();

    private LocalCluster(Builder settings, Path directory) {
        this.settings = settings;
        this.directory = directory;
        this.network = settings.network == Network.MEMORY ? new MemoryNetwork(threads.scheduler(), 1) : null;
        for (int i = 0; i < settings.size; i++) {
            ids.add(newId());
        }
    }

    private String newId() {
        int number = lastNumber.incrementAndGet();
        int port = network == null ? FreePorts.find() : number;
        addresses.put("n" + number, "127.0.0.1:" + port);
        return "n" + number;
    }

    private String member(String id) {
        return id + "=" + addresses.get(id);
    }

    /**
     * Returns a builder for three peers connected in memory, in a temporary directory.
     *
     * @return a builder; not safe for use by several threads
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Starts peers connected in memory, in a temporary directory, and waits until all of them have a Raft leader.
     *
     * @param size how many
     * @return the running cluster
     */
    public static LocalCluster start(int size) {
        return builder().peers(size).start();
    }

    private LocalCluster startAll() {
        try {
            inParallel(ids, this::startPeer);
            // Of a majority alone none may be lost before the last one has joined: it could not any more.
            await("a Raft leader of all of " + ids, START_TIMEOUT, () -> !isAnyoneWithoutLeader());
            awaitLeader(START_TIMEOUT);
            return this;
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private boolean isAnyoneWithoutLeader() {
        return peers.values().stream().anyMatch(peer -> peer.status().leader().isEmpty());
    }

    private void startPeer(String id) {
        CoordPeer.Builder builder = settings.customizer.apply(CoordPeer.builder()
                .cluster("local")
                .id(id)
                .members(Stream.concat(ids.stream(), Stream.of(id))
                        .distinct()
                        .map(this::member)
                        .collect(Collectors.joining(",")))
                .dataDirectory(directory.resolve(id))
                .electionTimeout(settings.electionTimeout));
        CoordPeer peer = network == null
                ? builder.start()
                : builder.start((config, scheduler) -> network.transport(config.id()));
        peers.put(id, peer);
    }

    private static void inParallel(Collection<String> ids, Consumer<String> action) {
        List<CompletableFuture<Void>> running = ids.stream()
                .map(id -> CompletableFuture.runAsync(
                        () -> action.accept(id),
                        task -> PeerThreads.named("cluster", "start")
                                .newThread(task)
                                .start()))
                .toList();
        try {
            CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    // ---- peers

    /**
     * Returns the ids of all members, running or not.
     *
     * @return {@code n1}, {@code n2} and so on
     */
    public List<String> ids() {
        return List.copyOf(ids);
    }

    /**
     * Starts one more peer and adds it to the members.
     *
     * @return its id, which is new
     * @throws InterruptedException if interrupted while it is added
     * @throws CoordException if it cannot be added, as {@link Membership#add} says
     */
    public String add() throws InterruptedException {
        String id = newId();
        startPeer(id);
        try {
            peer(awaitLeader(START_TIMEOUT)).membership().add(member(id), START_TIMEOUT);
        } catch (RuntimeException | InterruptedException e) {
            kill(id);
            throw e;
        }
        ids.add(id);
        return id;
    }

    /**
     * Removes a member, running or not, and stops its peer.
     *
     * @param id the member
     * @throws InterruptedException if interrupted while it is removed
     * @throws CoordException if it cannot be removed, as {@link Membership#remove} says
     */
    public void remove(String id) throws InterruptedException {
        checkId(id);
        peer(awaitLeader(START_TIMEOUT)).membership().remove(id, START_TIMEOUT);
        ids.remove(id);
        CoordPeer peer = peers.remove(id);
        if (peer != null) {
            peer.close();
        }
    }

    /**
     * Returns a running peer.
     *
     * @param id its id
     * @return the peer
     * @throws IllegalStateException if it does not run
     */
    public CoordPeer peer(String id) {
        CoordPeer peer = peers.get(id);
        if (peer == null) {
            checkId(id);
            throw new IllegalStateException("peer " + id + " does not run; restart it first");
        }
        return peer;
    }

    /**
     * Returns the shared handle of a running peer.
     *
     * @param id the peer's id
     * @return its handle
     * @throws InterruptedException if interrupted while its session is opened
     */
    public Coord coord(String id) throws InterruptedException {
        return peer(id).coord();
    }

    /**
     * Returns the Raft leader that a majority of the peers agrees on now.
     *
     * @return its id, empty if there is none
     */
    public Optional<String> leader() {
        Map<String, Integer> votes = new TreeMap<>();
        peers.values().forEach(peer -> {
            PeerStatus status = peer.status();
            status.leader().ifPresent(leader -> votes.merge(status.term() + " " + leader, 1, Integer::sum));
        });
        return votes.entrySet().stream()
                .filter(entry -> entry.getValue() > ids.size() / 2)
                .map(entry -> entry.getKey().substring(entry.getKey().indexOf(' ') + 1))
                .findFirst();
    }

    /**
     * Waits until a majority agrees on a Raft leader.
     *
     * @param timeout how long to wait
     * @return the leader's id
     * @throws IllegalStateException if there is none in time
     */
    public String awaitLeader(Duration timeout) {
        await("a Raft leader among " + peers.values(), timeout, () -> leader().isPresent());
        return leader().orElseGet(() -> awaitLeader(timeout));
    }

    /**
     * Waits until all running peers have applied the same log.
     *
     * @param timeout how long to wait
     * @throws IllegalStateException if they have not in time
     */
    public void awaitSameState(Duration timeout) {
        await(
                "the same state at " + peers.values(),
                timeout,
                () -> peers.values().stream()
                                .map(peer -> peer.status().appliedIndex())
                                .distinct()
                                .count()
                        == 1);
    }

    private static void await(String what, Duration timeout, BooleanSupplier condition) {
        long end = Ticker.system().nanos() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (Ticker.system().nanos() - end > 0) {
                throw new IllegalStateException("not within " + timeout + ": " + what);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    // ---- faults

    /**
     * Ends a peer as a crash would: connections break, nobody is told, its sessions are left to expire.
     *
     * @param id the peer
     */
    public void kill(String id) {
        peer(id).kill();
        peers.remove(id);
    }

    /**
     * Stops a peer in an orderly way.
     *
     * @param id the peer
     */
    public void stop(String id) {
        peer(id).close();
        peers.remove(id);
    }

    /**
     * Starts a peer that was killed or stopped, on its directory.
     *
     * @param id the peer
     */
    public void restart(String id) {
        checkId(id);
        if (peers.containsKey(id)) {
            throw new IllegalStateException("peer " + id + " runs; kill or stop it first");
        }
        startPeer(id);
    }

    /**
     * Cuts peers off from the others; they reach each other. Only in memory.
     *
     * @param cutOff their ids
     */
    public void isolate(String... cutOff) {
        Set<String> minority = Set.of(cutOff);
        partition(List.of(
                minority, ids.stream().filter(id -> !minority.contains(id)).toList()));
    }

    /**
     * Lets peers reach only those of their own group; peers in no group form one more. Replaces the partition before. Only
     * in memory.
     *
     * @param groups of peers' ids
     */
    public void partition(Collection<? extends Collection<String>> groups) {
        groups.forEach(group -> group.forEach(this::checkId));
        memory().partition(groups);
    }

    /**
     * Loses every message from one peer to another, but not the other way. Only in memory.
     *
     * @param from the sender
     * @param to the receiver
     */
    public void cut(String from, String to) {
        checkId(from);
        checkId(to);
        memory().cut(from, to);
    }

    /** Ends all isolation and cuts. Only in memory. */
    public void heal() {
        memory().heal();
    }

    MemoryNetwork memory() {
        if (network == null) {
            throw new IllegalStateException("peers connected by TCP cannot be cut off; use Network.MEMORY");
        }
        return requireNonNull(network);
    }

    private void checkId(String id) {
        if (!ids.contains(id)) {
            throw new IllegalArgumentException("no peer " + id + "; there are " + ids);
        }
    }

    /**
     * Returns where a peer keeps its data.
     *
     * @param id the peer
     * @return its directory
     */
    public Path directory(String id) {
        return directory.resolve(id);
    }

    /** Stops all peers and deletes the temporary directory. Safe to repeat. */
    @Override
    public void close() {
        // While all are up: the sessions of the last ones could not be ended any more.
        inParallel(List.copyOf(peers.keySet()), id -> peer(id).endSessions());
        inParallel(List.copyOf(peers.keySet()), id -> {
            CoordPeer peer = peers.remove(id);
            if (peer != null) {
                peer.close();
            }
        });
        threads.close();
        if (settings.directory == null) {
            deleteAll(directory);
        }
    }

    private static void deleteAll(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + root, e);
        }
    }

    /** Collects a cluster's settings. Not safe for use by several threads. */
    public static final class Builder {
        private int size = 3;
        private Network network = Network.MEMORY;
        private @Nullable Path directory;
        private Duration electionTimeout = Duration.ofMillis(300);
        private UnaryOperator<CoordPeer.Builder> customizer = UnaryOperator.identity();

        private Builder() {}

        /**
         * Sets how many peers. Default 3.
         *
         * @param peers 1 to 9
         * @return this builder
         */
        public Builder peers(int peers) {
            if (peers < 1 || peers > 9) {
                throw new InvalidConfigException(peers + " peers; a local cluster has 1 to 9");
            }
            size = peers;
            return this;
        }

        /**
         * Sets how the peers are connected. Default in memory.
         *
         * @param kind the network
         * @return this builder
         */
        public Builder network(Network kind) {
            network = kind;
            return this;
        }

        /**
         * Keeps the data in a directory instead of a temporary one; each peer in a directory of its own in it.
         *
         * @param parent the directory; not deleted at the end
         * @return this builder
         */
        public Builder directory(Path parent) {
            directory = parent;
            return this;
        }

        /**
         * Sets the election timeout. Default 300 ms, which is short: raise it where the machine stalls.
         *
         * @param timeout at least 50 ms
         * @return this builder
         */
        public Builder electionTimeout(Duration timeout) {
            electionTimeout = timeout;
            return this;
        }

        /**
         * Changes other settings of each peer.
         *
         * @param change applied to the builder of each peer before it starts
         * @return this builder
         */
        public Builder configure(UnaryOperator<CoordPeer.Builder> change) {
            customizer = change;
            return this;
        }

        /**
         * Starts the peers and waits until they have a Raft leader.
         *
         * @return the running cluster
         * @throws PeerStartException if a peer cannot be started
         * @throws IllegalStateException if they find no leader within 30 s
         */
        public LocalCluster start() {
            for (int tries = 1; ; tries++) {
                try {
                    return startOnce();
                } catch (PeerStartException e) {
                    boolean othersPort = network == Network.TCP && e.reason() == PeerStartException.Reason.PORT_IN_USE;
                    // Another process was quicker. A directory that was given may hold something already: it is left
                    // alone.
                    if (!othersPort || directory != null || tries == PORTS_TRIED) {
                        throw e;
                    }
                }
            }
        }

        private LocalCluster startOnce() {
            try {
                Path root = directory == null ? Files.createTempDirectory("coord-") : directory;
                return new LocalCluster(this, root).startAll();
            } catch (IOException e) {
                throw new UncheckedIOException("no temporary directory", e);
            }
        }
    }
}
