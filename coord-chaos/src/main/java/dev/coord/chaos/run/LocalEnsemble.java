package dev.coord.chaos.run;

import dev.coord.chaos.Ensemble;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.load.Door;
import dev.coord.chaos.wire.AgentClient.Status;
import dev.coord.chaos.wire.DriverThreads;
import dev.coord.raft.internal.transport.FreePorts;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The processes of a run, all on this machine. */
final class LocalEnsemble implements Ensemble, AutoCloseable {
    /** How many operations a session may have in flight. */
    static final int IN_FLIGHT = 32;

    private static final long LOOK_NANOS = 25_000_000;
    private static final long LONGEST_LOOK_NANOS = 4_000_000_000L;

    /** A peer's number is a byte of its address. */
    private static final int MOST_PEERS = 254;

    private final Settings settings;
    private final DriverThreads threads;
    private final List<LocalPeer> peers;

    /** Those who came later, and perhaps went again. */
    private final List<LocalPeer> newcomers = new ArrayList<>();

    LocalEnsemble(Settings settings, DriverThreads threads) {
        this.settings = settings;
        this.threads = threads;
        peers = IntStream.rangeClosed(1, settings.peers())
                .mapToObj(this::create)
                .toList();
        peers.forEach(peer -> configure(peer, peers.stream()));
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "chaos-shutdown"));
    }

    private LocalPeer create(int number) {
        return new LocalPeer(
                number, FreePorts.find(), FreePorts.find(), settings.directory().resolve("n" + number), threads);
    }

    private void configure(LocalPeer peer, Stream<LocalPeer> members) {
        String addresses = members.map(member -> member.id() + "=" + member.host() + ":" + member.port())
                .collect(Collectors.joining(","));
        peer.launch()
                .properties()
                .putAll(Map.of(
                        "coord.members",
                        addresses,
                        "coord.election-timeout",
                        settings.electionTimeout().toMillis() + "ms",
                        "coord.progress-interval",
                        "1s",
                        "coord.max-in-flight",
                        Integer.toString(IN_FLIGHT),
                        "coord.snapshot-entries",
                        "1000",
                        "health.host",
                        peer.host(),
                        "health.port",
                        "0"));
    }

    @Override
    public PeerProcess newcomer() throws IOException {
        int number = peers.size() + newcomers.size() + 1;
        if (number > MOST_PEERS) {
            throw new IOException("there are no addresses for more than " + MOST_PEERS + " peers");
        }
        LocalPeer newcomer = create(number);
        newcomers.add(newcomer);
        configure(newcomer, Stream.concat(peers.stream(), newcomers.stream()));
        return newcomer;
    }

    void start() throws IOException {
        for (LocalPeer peer : peers) {
            peer.start();
        }
    }

    List<LocalPeer> local() {
        return peers;
    }

    @Override
    public List<PeerProcess> peers() {
        return List.copyOf(peers);
    }

    List<Door> doors() {
        return peers.stream().map(LocalPeer::door).toList();
    }

    @Override
    public Optional<PeerProcess> leader() {
        LocalPeer leader = null;
        long term = -1;
        try {
            for (LocalPeer peer : peers) {
                Status status = peer.status().orElse(null);
                if (status != null && status.leading() && status.term() > term) {
                    leader = peer;
                    term = status.term();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.ofNullable(leader);
    }

    /** Waits until all take part and have what any of them has; says who does not. Time in which the driver did not run is none. */
    @Nullable
    String awaitWhole(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        long last = Ticker.system().nanos();
        long goal = -1;
        while (true) {
            String problem = problem(goal);
            if (problem == null && goal < 0) {
                goal = greatestRevision();
                problem = problem(goal);
            }
            if (problem == null || left < 0) {
                return problem;
            }
            LockSupport.parkNanos(LOOK_NANOS);
            long now = Ticker.system().nanos();
            left -= Math.min(now - last, LONGEST_LOOK_NANOS);
            last = now;
        }
    }

    private long greatestRevision() throws InterruptedException {
        long greatest = 0;
        for (LocalPeer peer : peers) {
            greatest = Math.max(greatest, peer.status().map(Status::revision).orElse(0L));
        }
        return greatest;
    }

    private @Nullable String problem(long goal) throws InterruptedException {
        for (LocalPeer peer : peers) {
            Status status = peer.status().orElse(null);
            if (status == null) {
                return peer.id() + (peer.isAlive() ? " does not answer" : " has no process");
            }
            if (!status.state().equals("RUNNING") || status.leader().isEmpty() || status.revision() < goal) {
                return peer.id() + " is " + status + ", wanted revision " + goal;
            }
        }
        return null;
    }

    @Override
    public void close() {
        for (LocalPeer peer : Stream.concat(peers.stream(), newcomers.stream()).toList()) {
            try {
                if (peer.isAlive()) {
                    peer.signal("KILL");
                    peer.awaitExit();
                }
            } catch (IOException e) {
                // It has ended meanwhile.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
