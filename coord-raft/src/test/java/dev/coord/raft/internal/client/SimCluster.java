package dev.coord.raft.internal.client;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.raft.internal.store.View;
import dev.coord.raft.internal.transport.MemoryNetwork;
import dev.coord.raft.internal.transport.MemoryTransport;
import dev.coord.raft.testing.ManualTime;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** Peers without Ratis, threads and real time: their cores on a {@link SimRaft}, a {@link MemoryNetwork} and manual clocks. */
final class SimCluster {
    static final Duration ELECTION_TIMEOUT = Duration.ofMillis(100);

    final ManualTime time = new ManualTime();
    final Random random;
    final SimRaft raft;
    final MemoryNetwork network;
    final List<String> ids = List.of("n1", "n2", "n3");
    final Map<String, PeerCore> cores = new TreeMap<>();

    /** Called after every step. */
    Runnable invariant = () -> {};

    SimCluster(long seed) {
        this(
                seed,
                new ClientLimits(
                        Duration.ofSeconds(2),
                        100,
                        2,
                        10,
                        10,
                        Duration.ofSeconds(10),
                        1_000_000,
                        1L << 40,
                        Duration.ofHours(1)));
    }

    SimCluster(long seed, ClientLimits limits) {
        random = new Random(seed);
        raft = new SimRaft(time, random);
        network = new MemoryNetwork(time, seed, id -> time);
        ids.forEach(id -> start(id, limits));
    }

    private void start(String id, ClientLimits limits) {
        // Any two clocks drift apart by one part in 50 at most.
        ManualTime.Clock clock = time.clock(0.991 + random.nextDouble() * 0.018, random.nextLong() >> 2);
        MemoryTransport transport = network.transport(id);
        PeerServices services = new PeerServices(clock, clock, time, time, transport);
        PeerCore core = new PeerCore(
                id, "dir-" + id, services, ELECTION_TIMEOUT, limits, RandomGenerator.of("L64X128MixRandom"));
        try {
            transport.start(core::handle, core::peerGone);
        } catch (BindException e) {
            throw new AssertionError(e);
        }
        cores.put(id, core);
        raft.add(id, core);
    }

    PeerCore core(String id) {
        return requireNonNull(cores.get(id));
    }

    View truth() {
        return raft.truth();
    }

    /** Cuts one peer off, or none. */
    void cutOff(String... id) {
        raft.cutOff(Set.of(id));
        network.partition(List.of(Set.of(id)));
    }

    void run(Duration duration) {
        long end = time.nanos() + duration.toNanos();
        while (time.step(end)) {
            invariant.run();
        }
        invariant.run();
    }

    void runMillis(long millis) {
        run(Duration.ofMillis(millis));
    }

    /** Runs until the condition holds, for up to ten seconds of its time. */
    void runUntil(String what, BooleanSupplier condition) {
        long end = time.nanos() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            if (!time.step(end)) {
                throw new AssertionError("not reached: " + what);
            }
            invariant.run();
        }
    }

    /** Runs until the future is done. */
    <T> T await(CompletableFuture<T> future) {
        runUntil("future", future::isDone);
        return future.join();
    }

    Coord open(String id, Duration ttl) {
        return await(core(id).openSession(ttl));
    }

    String electAny() {
        List<String> able = new ArrayList<>(ids);
        able.removeIf(raft::isCutOff);
        String next = able.get(random.nextInt(able.size()));
        raft.elect(next);
        return next;
    }

    void close() {
        cores.values().forEach(PeerCore::close);
    }
}
