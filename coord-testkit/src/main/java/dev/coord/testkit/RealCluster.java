package dev.coord.testkit;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.net.Messenger;
import dev.coord.raft.LocalCluster;
import dev.coord.raft.LocalCluster.Network;
import dev.coord.time.Deadline;
import dev.coord.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Real peers of this JVM. Safe for use by any thread. */
final class RealCluster implements TestCluster {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);

    private final LocalCluster peers;
    private final boolean inMemory;
    private final Faults faults = new RealFaults();
    private final RealScripts scripts = new RealScripts();
    private final Set<String> crashed = new ConcurrentSkipListSet<>();

    private RealCluster(LocalCluster peers, boolean inMemory) {
        this.peers = peers;
        this.inMemory = inMemory;
    }

    static RealCluster start(ClusterSettings settings, Network network) {
        LocalCluster peers = LocalCluster.builder()
                .peers(settings.peers())
                .network(network)
                .configure(peer -> peer.sessionTtl(settings.sessionTtl())
                        .historyRevisions(settings.historyRevisions())
                        .progressInterval(ClusterSettings.PROGRESS))
                .start();
        return new RealCluster(peers, network == Network.MEMORY);
    }

    /** Where the peers keep their data. */
    Path directory() {
        return requireNonNull(peers.directory("n1").getParent());
    }

    @Override
    public List<String> ids() {
        return peers.ids();
    }

    @Override
    public Coord coord(String peer) {
        return uninterrupted(() -> peers.coord(peer));
    }

    @Override
    public Coord open(String peer, Duration ttl) {
        return uninterrupted(() -> peers.peer(peer).openSession(ttl));
    }

    @Override
    public Coord open(String peer, Duration ttl, Duration validity) {
        return uninterrupted(() -> peers.peer(peer).openSession(ttl, validity));
    }

    @Override
    public Messenger messenger(String peer) {
        return peers.peer(peer).messenger();
    }

    @Override
    public Optional<String> leader() {
        return peers.leader();
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public Ticker ticker() {
        return Ticker.system();
    }

    // ---- waiting

    @Override
    public void advance(Duration duration) {
        if (!park(duration)) {
            throw new AssertionError("interrupted while waiting");
        }
    }

    @Override
    public void sleep(Duration duration) {
        if (!park(duration)) {
            throw new IllegalStateException("a sleep was ended: interrupted");
        }
    }

    /** Returns false at once when interrupted: such a thread does not park any more, it would spin. */
    private boolean park(Duration duration) {
        Checks.notNegative(duration);
        Deadline end = Deadline.after(ticker(), duration);
        for (long left = end.remainingNanos(); left > 0; left = end.remainingNanos()) {
            if (Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(left);
        }
        return true;
    }

    @Override
    public <T> CompletableFuture<T> run(String peer, Callable<T> script) {
        peers.peer(peer);
        return scripts.start(peer, script);
    }

    @Override
    public void runUntil(String what, Duration limit, Condition condition) {
        Deadline end = Deadline.after(ticker(), limit);
        while (!Checks.holds(what, condition)) {
            if (end.isPast()) {
                throw new AssertionError("not within " + limit + ": " + what + down());
            }
            advance(LOOK_AGAIN);
        }
    }

    /** Who does not run, as the end of a sentence: what is waited for may be theirs to do. */
    private String down() {
        return crashed.isEmpty() ? "" : "; crashed: " + String.join(", ", crashed);
    }

    @Override
    public <T> T await(CompletableFuture<T> future) {
        return uninterrupted(() -> {
            try {
                return future.get(LIMIT.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw new AssertionError("not within " + LIMIT + ": " + future + down(), e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                if (e.getCause() instanceof Error cause) {
                    throw cause;
                }
                throw new AssertionError(e.getCause());
            }
        });
    }

    /** Something that waits. */
    @FunctionalInterface
    private interface Wait<T> {
        T get() throws InterruptedException;
    }

    private static <T> T uninterrupted(Wait<T> wait) {
        try {
            return wait.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting", e);
        }
    }

    @Override
    public void close() {
        scripts.close();
        if (inMemory) {
            // Else those that are cut off try in vain to end their sessions.
            peers.heal();
        }
        peers.close();
    }

    @Override
    public String toString() {
        return "real peers " + ids() + (inMemory ? " in memory" : " over TCP");
    }

    // ---- faults

    private final class RealFaults implements Faults {
        @Override
        public void partition(Collection<? extends Collection<String>> groups) {
            refuseOverTcp();
            peers.partition(groups);
        }

        @Override
        public void cut(String from, String to) {
            refuseOverTcp();
            if (from.equals(to)) {
                throw new IllegalArgumentException(from + " cannot be cut off from itself");
            }
            peers.cut(from, to);
        }

        private void refuseOverTcp() {
            if (!inMemory) {
                throw new UnsupportedOperationException(
                        "peers connected by TCP cannot be cut off from each other, only crashed; connect them in memory");
            }
        }

        @Override
        public void heal() {
            if (inMemory) {
                peers.heal();
            }
        }

        @Override
        public void crash(String peer) {
            peers.kill(peer);
            crashed.add(peer);
        }

        @Override
        public void restart(String peer) {
            peers.restart(peer);
            crashed.remove(peer);
        }

        @Override
        public void endAll() {
            heal();
            crashed.forEach(this::restart);
        }
    }
}
