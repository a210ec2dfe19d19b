package dev.coord.testkit;

import dev.coord.Coord;
import dev.coord.kv.Entry;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.net.Datagrams;
import dev.coord.net.Messenger;
import dev.coord.raft.internal.client.ClientLimits;
import dev.coord.testkit.internal.sim.SimSettings;
import dev.coord.testkit.internal.sim.SimWorld;
import dev.coord.testkit.internal.sim.WorldFaults;
import dev.coord.time.Ticker;
import dev.coord.watch.WatchEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Peers on one thread and virtual time. The code of Coord and its recipes is the real one; simulated are the network,
 * clocks, threads, and Raft, which keeps its promises and no more. Everything that happens is a function of the seed and of
 * what the test does.
 *
 * <p>Time moves while the test's thread waits: in {@link #advance}, {@link #runUntil}, {@link #await}, or in any blocking
 * form of Coord or a recipe called there. Code that is to block while other code goes on is a script ({@link #run}).
 * Callbacks and timers run on the one thread and cannot block: a blocking form refuses there with an
 * {@link IllegalStateException}. A timer of the test's own that throws fails the step, and so the call that moves time.
 *
 * <p>For one thread at a time. While one moves time, any other that is not a script's, such as one of the common pool that
 * {@code thenRunAsync} takes, is refused with an {@link IllegalStateException}, and so is the call that moves time, as the
 * other may not be looked at: give such code {@link Coord#callbacks()} to
 * run it, or make it a script.
 */
public final class SimulatedCluster implements TestCluster {
    private final long seed;
    private final SimWorld world;
    private final SimulatedFaults faults;

    private SimulatedCluster(SimSettings settings) {
        seed = settings.seed();
        world = new SimWorld(settings);
        faults = new WorldFaults(world);
    }

    /**
     * Starts a cluster with the usual bounds.
     *
     * @param peers how many, 1 or more
     * @param seed what chance decides follows from it
     * @return the cluster, in which a Raft leader has been elected
     */
    public static SimulatedCluster start(int peers, long seed) {
        return builder().peers(peers).seed(seed).start();
    }

    /**
     * Describes a cluster.
     *
     * @return a builder of three peers with the seed 1
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public List<String> ids() {
        return world.ids();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Waits, in simulated time, if the handle must be opened.
     *
     * @throws IllegalArgumentException if there is no such peer
     * @throws IllegalStateException if it has crashed
     */
    @Override
    public Coord coord(String peer) {
        return world.coord(peer);
    }

    @Override
    public Coord open(String peer, Duration ttl) {
        return world.open(peer, ttl, ttl);
    }

    @Override
    public Coord open(String peer, Duration ttl, Duration validity) {
        return world.open(peer, ttl, validity);
    }

    /**
     * Opens a session of its own at a running peer, without waiting.
     *
     * @param peer the peer's id
     * @param ttl how long the session lives without a sign of life from the peer
     * @return the new session's handle, once it is open; its dependents are callbacks
     */
    public CompletableFuture<Coord> openAsync(String peer, Duration ttl) {
        return openAsync(peer, ttl, ttl);
    }

    /**
     * Opens a session at a running peer that others may end before its time, without waiting.
     *
     * @param peer the peer's id
     * @param ttl how long the session lives without a sign of life from the peer
     * @param validity for how long it relies on one, and how long it must be silent before others may end it
     * @return the new session's handle, once it is open; its dependents are callbacks
     */
    public CompletableFuture<Coord> openAsync(String peer, Duration ttl, Duration validity) {
        return world.core(peer).openSession(ttl, validity);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if there is no such peer
     * @throws IllegalStateException if it has crashed
     */
    @Override
    public Messenger messenger(String peer) {
        return world.core(peer).messenger();
    }

    /**
     * Opens the datagrams of a running peer, which meet the faults of the network: they are lost, doubled and overtaken as
     * {@link SimulatedFaults#disturbMessages} has it. Addresses are the peers' ids.
     *
     * @param peer the peer's id
     * @return its datagrams, of which a peer has one at a time; they end with the peer if not closed before
     * @throws IllegalStateException if it has crashed, or has datagrams open
     */
    public Datagrams datagrams(String peer) {
        return world.datagrams(peer);
    }

    @Override
    public Optional<String> leader() {
        return world.leader();
    }

    @Override
    public SimulatedFaults faults() {
        return faults;
    }

    @Override
    public Ticker ticker() {
        return world.time();
    }

    /**
     * Lets time pass, for a script or the test.
     *
     * @param duration how much virtual time, not negative
     */
    @Override
    public void advance(Duration duration) {
        Checks.notNegative(duration);
        world.advance(duration);
    }

    /**
     * Sleeps in virtual time: in a script, for so long on the clock of its peer, else as {@link #advance}.
     *
     * @param duration for how long, not negative
     * @throws IllegalStateException in a callback, or in a script that ends because its peer has crashed
     */
    @Override
    public void sleep(Duration duration) {
        Checks.notNegative(duration);
        world.advance(duration);
    }

    @Override
    public void runUntil(String what, Duration limit, Condition condition) {
        world.runUntil(what, limit, () -> Checks.holds(what, condition));
    }

    @Override
    public <T> T await(CompletableFuture<T> future) {
        return world.await(future, Duration.ofMinutes(1));
    }

    /**
     * Runs code that may block as a process on a peer. It runs on a thread of its own, but only while the simulation stands
     * still, and hands over whenever it waits in a blocking form of Coord or a recipe or in {@link #sleep}; anything else
     * that waits would stop the simulation, and fails after a minute of real time. While the peer is paused it does not go
     * on; one that calls {@link SimulatedFaults#pause} for its own peer stops there. When the peer crashes, or this cluster
     * is closed, whatever it waits for then or later fails.
     *
     * @param <T> its result
     * @param peer the id of a running peer
     * @param script the code; it begins when time moves
     * @return its result or what it threw
     */
    @Override
    public <T> CompletableFuture<T> run(String peer, Callable<T> script) {
        return world.run(peer, script);
    }

    // ---- what is committed, for invariants

    /**
     * Tells whether a peer's process runs.
     *
     * @param peer the peer's id
     * @return false while it is paused or crashed
     */
    public boolean isRunning(String peer) {
        return world.isUp(peer);
    }

    /**
     * Returns how many log entries are committed at this moment. As long as it is the same, so is what is committed.
     *
     * @return 0 or more
     */
    public long committedEntries() {
        return world.truth().index() + 1;
    }

    /**
     * Returns a key as it is committed at this moment, whoever has heard of it.
     *
     * @param key the key
     * @return its entry, empty if it is absent
     */
    public Optional<Entry> committed(String key) {
        return Optional.ofNullable(world.truth().get(key));
    }

    /**
     * Returns a range as it is committed at this moment, whoever has heard of it.
     *
     * @param query what to read
     * @return the state and its revision
     */
    public RangeResult committed(RangeQuery query) {
        return world.truth().range(query);
    }

    /**
     * Returns what a committed revision changed, as long as it is in the history.
     *
     * @param revision the revision
     * @return its changes in the order of keys, with previous values; empty if it is not committed or was compacted
     */
    public List<WatchEvent> committedChanges(long revision) {
        return world.changesOf(revision);
    }

    /**
     * Tells whether a lease or session exists by what is committed at this moment, whoever has heard of it.
     *
     * @param id the lease's id
     * @return false once its end is committed
     */
    public boolean isLeaseCommitted(long id) {
        return world.truth().leases().containsKey(id);
    }

    /**
     * Checks that every running peer's replica is what its log says: what the committed entries up to its index give.
     *
     * @throws AssertionError if a replica differs
     */
    public void assertReplicasAgree() {
        world.checkReplicas();
    }

    /**
     * Returns the seed.
     *
     * @return as given
     */
    public long seed() {
        return seed;
    }

    /**
     * Returns how many steps were taken: timers, messages, tasks and callbacks that ran.
     *
     * @return 0 or more
     */
    public long steps() {
        return world.time().steps();
    }

    /**
     * Returns how much virtual time has passed.
     *
     * @return since the start
     */
    public Duration elapsed() {
        return Duration.ofNanos(world.time().nanos());
    }

    /**
     * Returns a digest of all that has happened: every step, message, append, commit and change of leader. Two runs of a
     * seed that do the same have the same, on any machine.
     *
     * @return 16 hexadecimal digits
     */
    public String traceDigest() {
        return world.time().trace().digest();
    }

    /**
     * Sets what is called after every step; replaces what was set before.
     *
     * @param invariant throws, preferably an {@link AssertionError}, when something is wrong; must not block
     */
    public void onStep(Runnable invariant) {
        world.time().afterStep(invariant);
    }

    @Override
    public void close() {
        world.close();
    }

    /** What the simulation consists of. */
    SimWorld world() {
        return world;
    }

    @Override
    public String toString() {
        return "SimulatedCluster(seed " + seed + ", " + ids().size() + " peers, at " + elapsed() + ")";
    }

    /** Describes a {@link SimulatedCluster}. */
    public static final class Builder {
        private int peers = 3;
        private long seed = 1;
        private Duration electionTimeout = Duration.ofMillis(100);
        private Duration sessionTtl = Duration.ofSeconds(10);
        private Duration operationTimeout = Duration.ofSeconds(10);
        private Duration progressInterval = Duration.ofMinutes(1);
        private int historyRevisions = 50_000;
        private Duration historyAge = Duration.ofHours(1);
        private int maxInFlight = 8_192;
        private int maxLeases = 100_000;
        private int maxWatches = 100_000;
        private @Nullable Consumer<String> lines;

        private Builder() {}

        /**
         * Sets how many peers there are.
         *
         * @param count 1 to 9
         * @return this
         */
        public Builder peers(int count) {
            if (count < 1 || count > 9) {
                throw new IllegalArgumentException(count + " peers; there may be 1 to 9");
            }
            peers = count;
            return this;
        }

        /**
         * Sets the seed.
         *
         * @param value any number
         * @return this
         */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /**
         * Sets after how long without a Raft leader another one is elected, at least; at most twice that. Peers also derive
         * from it how long they wait for each other.
         *
         * @param timeout 100 ms if not set
         * @return this
         */
        public Builder electionTimeout(Duration timeout) {
            electionTimeout = timeout;
            return this;
        }

        /**
         * Sets the time to live of the sessions of shared handles.
         *
         * @param ttl 10 seconds if not set, as with real peers
         * @return this
         */
        public Builder sessionTtl(Duration ttl) {
            sessionTtl = ttl;
            return this;
        }

        /**
         * Sets how long an operation may take unless its handle says otherwise.
         *
         * @param timeout 10 seconds if not set
         * @return this
         */
        public Builder operationTimeout(Duration timeout) {
            operationTimeout = timeout;
            return this;
        }

        /**
         * Sets how often an idle watch gets a bookmark.
         *
         * @param interval a minute if not set
         * @return this
         */
        public Builder progressInterval(Duration interval) {
            progressInterval = interval;
            return this;
        }

        /**
         * Sets how many revisions stay readable, and how long; few make watches that lag lose their place.
         *
         * @param revisions 50,000 if not set
         * @param age an hour if not set
         * @return this
         */
        public Builder history(int revisions, Duration age) {
            historyRevisions = revisions;
            historyAge = age;
            return this;
        }

        /**
         * Sets what one session may have at once.
         *
         * @param operations in flight, 8,192 if not set
         * @param leases besides its own, 100,000 if not set
         * @return this
         */
        public Builder sessionLimits(int operations, int leases) {
            maxInFlight = operations;
            maxLeases = leases;
            return this;
        }

        /**
         * Sets how many watches a peer may have at once.
         *
         * @param watches 100,000 if not set
         * @return this
         */
        public Builder maxWatches(int watches) {
            maxWatches = watches;
            return this;
        }

        /**
         * Has everything that happens written down, a line for each step and each message, append, commit and change of
         * leader. Slow.
         *
         * @param sink takes the lines
         * @return this
         */
        public Builder trace(Consumer<String> sink) {
            lines = sink;
            return this;
        }

        /**
         * Starts the cluster.
         *
         * @return the cluster, in which a Raft leader has been elected
         */
        public SimulatedCluster start() {
            ClientLimits limits = new ClientLimits(
                    operationTimeout,
                    maxInFlight,
                    2,
                    maxLeases,
                    maxWatches,
                    progressInterval,
                    historyRevisions,
                    1L << 30,
                    historyAge);
            return new SimulatedCluster(new SimSettings(peers, seed, electionTimeout, sessionTtl, limits, lines));
        }
    }
}
