package dev.coord.testkit.internal.sim;

import dev.coord.Coord;
import dev.coord.kv.Entry;
import dev.coord.net.Datagrams;
import dev.coord.raft.internal.client.PeerCore;
import dev.coord.raft.internal.store.Change;
import dev.coord.raft.internal.store.Revision;
import dev.coord.raft.internal.store.View;
import dev.coord.raft.internal.transport.LinkFaults;
import dev.coord.raft.internal.transport.MemoryNetwork;
import dev.coord.watch.WatchEvent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** All that a simulation consists of. */
public final class SimWorld {
    private static final Duration STARTUP = Duration.ofSeconds(10);

    /** What befalls messages when nothing is disturbed: they are on their way for a while. */
    static final LinkFaults USUAL = LinkFaults.NONE.withDelay(Duration.ZERO, Duration.ofNanos(300_000));

    private final SimSettings settings;
    private final SimTime time;
    private final SimRandom random;
    private final Scripts scripts;
    private final MemoryNetwork network;
    private final SimRaft raft;
    private final SimDatagrams.Ports ports;
    private final Map<String, SimPeer> peers = new LinkedHashMap<>();
    private boolean closed;

    /** Starts all peers, and runs until one of them leads. */
    public SimWorld(SimSettings settings) {
        this.settings = settings;
        time = new SimTime(settings.lines());
        random = new SimRandom(settings.seed());
        scripts = new Scripts(time, this::down);
        network = new MemoryNetwork(
                time,
                random.nextLong(),
                id -> task -> peer(id).machine().network().execute(task));
        raft = new SimRaft(
                time, random.split(), network, settings.electionTimeout().toNanos());
        ports = new SimDatagrams.Ports(network);
        network.faults(USUAL);
        time.run(this::start);
        runUntil("a first leader", STARTUP, () -> leader().isPresent());
    }

    private void start() {
        int number = 0;
        for (String id : settings.ids()) {
            number++;
            SimPeer peer = new SimPeer(id, number, settings, time, random.split(), scripts, network);
            peers.put(id, peer);
            peer.connect(
                    raft.add(id, settings.peers(), peer.machine(), peer.core().newStateMachine()));
        }
        raft.elections().electAny();
    }

    // ---- its parts

    /** Virtual time. */
    public SimTime time() {
        return time;
    }

    /** The replicated log. */
    public SimRaft raft() {
        return raft;
    }

    /** The messages between peers that are not Raft's. */
    public MemoryNetwork network() {
        return network;
    }

    /** What chance decides. */
    SimRandom random() {
        return random;
    }

    /** The peers' ids. */
    public List<String> ids() {
        return List.copyOf(peers.keySet());
    }

    /** A running peer. */
    public PeerCore core(String id) {
        return running(id).core();
    }

    /** The state after everything committed. */
    public View truth() {
        return raft.truth();
    }

    /** Whether a peer's process neither crashed nor is paused. */
    public boolean isUp(String id) {
        return peer(id).machine().isUp();
    }

    /** What a committed revision changed. */
    public List<WatchEvent> changesOf(long number) {
        Revision revision = truth().history().get(number);
        return revision == null
                ? List.of()
                : revision.changes().stream().map(SimWorld::event).toList();
    }

    private static WatchEvent event(Change change) {
        Entry after = change.after();
        WatchEvent.Kind kind = after == null ? WatchEvent.Kind.DELETE : WatchEvent.Kind.PUT;
        return new WatchEvent(kind, change.key(), after, change.before());
    }

    /** Compares every running peer's view with the state that its index stands for. */
    public void checkReplicas() {
        for (SimPeer peer : peers.values()) {
            if (peer.runs()) {
                raft.checkReplica(peer.machine().id(), peer.core().view());
            }
        }
    }

    /** The leader that a majority agrees on. */
    public Optional<String> leader() {
        return raft.agreedLeader();
    }

    SimPeer peer(String id) {
        SimPeer peer = peers.get(id);
        if (peer == null) {
            throw new IllegalArgumentException("no peer " + id + ", only " + peers.keySet());
        }
        return peer;
    }

    SimPeer running(String id) {
        SimPeer peer = peer(id);
        if (!peer.runs()) {
            throw new IllegalStateException("peer " + id + " has crashed and was not restarted");
        }
        return peer;
    }

    // ---- handles

    /** The shared handle of a running peer. */
    public Coord coord(String id) {
        SimPeer peer = running(id);
        Coord shared = peer.shared();
        if (shared == null || PeerCore.isEnded(shared)) {
            shared = open(id, settings.sessionTtl(), settings.sessionTtl());
            peer.shared(shared);
        }
        return shared;
    }

    /** A session of its own. */
    public Coord open(String id, Duration ttl, Duration validity) {
        return await(
                core(id).openSession(ttl, validity),
                settings.limits().operationTimeout().multipliedBy(2));
    }

    /** Opens the datagrams of a running peer. */
    public Datagrams datagrams(String id) {
        return ports.open(running(id).machine());
    }

    // ---- time goes on

    /** Lets a script or the test's thread wait for a while. */
    public void advance(Duration duration) {
        Script script = scripts.current();
        if (script != null) {
            sleep(script, duration);
            return;
        }
        scripts.checkMayWait();
        long end = SimTime.saturatedSum(time.nanos(), SimTime.nanosOf(duration));
        Thread before = time.takeTurn();
        try {
            while (time.step(end)) {}
        } finally {
            time.giveTurn(before);
        }
    }

    private static void sleep(Script script, Duration duration) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        script.machine().schedule(duration, () -> over.complete(null));
        script.rest("a sleep", over);
    }

    /** Stops a script that has just had its own peer paused, until that goes on. */
    void stopIfPaused() {
        Script script = scripts.current();
        if (script != null && script.machine().isPaused()) {
            Machine machine = script.machine();
            CompletableFuture<Void> resumed = new CompletableFuture<>();
            machine.callbacks().execute(() -> {
                // A crash ends the pause as well, but nothing of the process goes on then.
                if (!machine.isCrashed()) {
                    resumed.complete(null);
                }
            });
            script.rest("a pause", resumed);
        }
    }

    /** Runs until the condition holds. */
    public void runUntil(String what, Duration limit, BooleanSupplier condition) {
        long end = SimTime.saturatedSum(time.nanos(), SimTime.nanosOf(limit));
        Script script = scripts.current();
        if (script != null) {
            while (!condition.getAsBoolean()) {
                failIf(time.nanos() >= end, what, limit);
                sleep(script, Duration.ofMillis(1));
            }
            return;
        }
        scripts.checkMayWait();
        Thread before = time.takeTurn();
        try {
            while (!condition.getAsBoolean()) {
                // A condition that blocks moves time itself, maybe beyond the end.
                failIf(time.nanos() > end || !time.step(end), what, limit);
            }
        } finally {
            time.giveTurn(before);
        }
    }

    private void failIf(boolean late, String what, Duration limit) {
        if (late) {
            throw new AssertionError("not within " + limit + ": " + what + " (seed " + settings.seed() + ", at "
                    + Duration.ofNanos(time.nanos()) + down() + ")");
        }
    }

    /** Who does not run, as the end of a sentence: what is waited for may be theirs to do. */
    private String down() {
        List<String> paused = idsWhere(peer -> peer.runs() && peer.machine().isPaused());
        List<String> crashed = idsWhere(peer -> !peer.runs());
        return (paused.isEmpty() ? "" : "; paused: " + String.join(", ", paused))
                + (crashed.isEmpty() ? "" : "; crashed: " + String.join(", ", crashed));
    }

    private List<String> idsWhere(Predicate<SimPeer> test) {
        return peers.values().stream().filter(test).map(SimPeer::id).toList();
    }

    /** Waits for a result. */
    public <T> T await(CompletableFuture<T> future, Duration limit) {
        runUntil("a result", limit, future::isDone);
        return Futures.result(future);
    }

    /** Runs a script on a peer. */
    public <T> CompletableFuture<T> run(String id, Callable<T> code) {
        return scripts.start(running(id).machine(), code);
    }

    /** Ends all scripts and peers. */
    public void close() {
        if (!closed) {
            closed = true;
            time.afterStep(() -> {});
            time.run(() -> {
                scripts.close();
                peers.values().forEach(SimPeer::close);
            });
        }
    }

    /** Does something to the world, as a step of its own if none is in progress. */
    void happen(Runnable fault) {
        time.checkTurn();
        if (time.isStepping()) {
            fault.run();
        } else {
            time.run(fault);
        }
    }
}
