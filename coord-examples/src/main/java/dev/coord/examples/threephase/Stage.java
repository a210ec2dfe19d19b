package dev.coord.examples.threephase;

import dev.coord.Coord;
import dev.coord.net.Messenger;
import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Where a contender performs: a cluster, and what will go wrong at which moment. */
final class Stage implements AutoCloseable {
    /** How long a message is on its way at most, on a simulated stage. */
    static final Duration LONGEST_DELAY = Duration.ofMillis(20);

    /** The peers of a simulated stage. */
    static final List<String> PEERS = List.of("n1", "n2", "n3", "n4", "n5");

    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private final TestCluster cluster;
    private final Contender contender;
    private final Bounds bounds;
    private final Set<String> refusing;
    private final List<Trap> traps = new CopyOnWriteArrayList<>();
    private final Set<String> crashed = new ConcurrentSkipListSet<>();
    private final AtomicLong requests = new AtomicLong();

    /** A fault that waits for its moment. */
    private static final class Trap {
        private final Moment moment;
        private final Runnable fault;
        private final AtomicInteger seen = new AtomicInteger();

        Trap(Moment moment, Runnable fault) {
            this.moment = moment;
            this.fault = fault;
        }

        void sees(String peer, Event event, Kind kind) {
            if (moment.matches(peer, event, kind) && seen.incrementAndGet() == moment.nth()) {
                fault.run();
            }
        }

        boolean hasSprung() {
            return seen.get() >= moment.nth();
        }
    }

    /** A stage on any cluster, which is closed with it. */
    Stage(TestCluster cluster, Contender contender, Bounds bounds, Set<String> refusing) {
        this.cluster = cluster;
        this.contender = contender;
        this.bounds = bounds;
        this.refusing = Set.copyOf(refusing);
        contender.open(this);
        // What processes do when they start is no part of the comparison.
        cluster.advance(bounds.silence());
    }

    /** A simulated stage of five peers, of which the first is the coordinator's, and all vote yes. */
    static Stage simulated(Contender contender, long seed) {
        return simulated(contender, seed, Set.of());
    }

    /** A simulated stage of five peers, some of which vote no. */
    static Stage simulated(Contender contender, long seed, Set<String> refusing) {
        SimulatedCluster cluster = SimulatedCluster.builder()
                .peers(PEERS.size())
                .seed(seed)
                .electionTimeout(Duration.ofMillis(300))
                .sessionTtl(Duration.ofSeconds(2))
                .start();
        cluster.ids().forEach(cluster::coord);
        cluster.faults().disturbMessages(0, 0, LONGEST_DELAY);
        return new Stage(cluster, contender, Bounds.of(LONGEST_DELAY), refusing);
    }

    // ---- what the contender finds

    List<String> peers() {
        return cluster.ids();
    }

    List<String> participants() {
        return peers().subList(1, peers().size());
    }

    Coord coord(String peer) {
        return cluster.coord(peer);
    }

    Messenger messenger(String peer) {
        return new WatchedMessenger(cluster.messenger(peer), this::sees);
    }

    Bounds bounds() {
        return bounds;
    }

    boolean votesYes(String peer) {
        return !refusing.contains(peer);
    }

    private void sees(String peer, Event event, Kind kind) {
        if (event == Event.SENDING && contender.phases().contains(kind)) {
            requests.incrementAndGet();
        }
        traps.forEach(trap -> trap.sees(peer, event, kind));
    }

    // ---- what goes wrong

    /** Crashes a peer when the moment comes. */
    Stage crashing(String peer, Moment moment) {
        traps.add(new Trap(moment, () -> crash(peer)));
        return this;
    }

    private void crash(String peer) {
        if (crashed.add(peer)) {
            contender.crashed(peer);
            cluster.faults().crash(peer);
        }
    }

    /** Cuts these peers off from the others when the moment comes. */
    Stage parting(List<String> side, Moment moment) {
        traps.add(new Trap(moment, () -> cluster.faults().partition(List.of(side))));
        return this;
    }

    /** Whether all that was to go wrong has. */
    boolean allHappened() {
        return traps.stream().allMatch(Trap::hasSprung);
    }

    // ---- the performance

    /** Has the transaction committed, and looks what comes of it. */
    Outcome play() {
        contender.begin();
        return watch();
    }

    /** Ends the partition, and looks what comes of that. */
    Outcome heal() {
        cluster.faults().heal();
        return watch();
    }

    /** Lets time pass until nobody is in doubt and what was on its way has arrived, or for ever. */
    private Outcome watch() {
        long begun = cluster.ticker().nanos();
        long calm = begun;
        while (since(calm).compareTo(bounds.silence()) < 0 && since(begun).compareTo(contender.forEver()) < 0) {
            cluster.advance(LOOK_AGAIN);
            if (outcome(Duration.ZERO).isBlocked()) {
                calm = cluster.ticker().nanos();
            }
        }
        return outcome(Duration.ofNanos(calm - begun));
    }

    private Duration since(long nanos) {
        return Duration.ofNanos(cluster.ticker().nanos() - nanos);
    }

    private Outcome outcome(Duration took) {
        return new Outcome(Outcome.states(peers(), contender), crashed, requests.get(), took);
    }

    @Override
    public void close() {
        cluster.close();
    }
}
