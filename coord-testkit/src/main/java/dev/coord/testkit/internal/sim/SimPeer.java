package dev.coord.testkit.internal.sim;

import dev.coord.Coord;
import dev.coord.raft.internal.client.PeerCore;
import dev.coord.raft.internal.client.PeerServices;
import dev.coord.raft.internal.transport.MemoryNetwork;
import java.net.BindException;
import org.jspecify.annotations.Nullable;

/** A peer: its place in the world, and its process of the moment. */
final class SimPeer {
    /** How much faster or slower than another a clock may be, without a fault: less than one part in 50. */
    private static final double DRIFT = 0.009;

    private final String id;
    private final int number;
    private final SimSettings settings;
    private final SimTime time;
    private final SimRandom random;
    private final Scripts scripts;
    private final MemoryNetwork network;
    private Machine machine;
    private SimTransport transport;
    private PeerCore core;

    /** The shared handle, once somebody has asked for it. */
    private @Nullable Coord shared;

    SimPeer(
            String id,
            int number,
            SimSettings settings,
            SimTime time,
            SimRandom random,
            Scripts scripts,
            MemoryNetwork network) {
        this.id = id;
        this.number = number;
        this.settings = settings;
        this.time = time;
        this.random = random;
        this.scripts = scripts;
        this.network = network;
        machine = newMachine();
        transport = newTransport();
        core = newCore();
    }

    private Machine newMachine() {
        double rate = 1 - DRIFT + random.unit() * 2 * DRIFT;
        return new Machine(id, number, time, random.split(), scripts, rate);
    }

    private SimTransport newTransport() {
        return new SimTransport(network.transport(id), machine, time.trace());
    }

    private PeerCore newCore() {
        PeerServices services = new PeerServices(machine, machine, machine.work(), machine.callbacks(), transport);
        return new PeerCore(
                id,
                settings.ids(),
                "dir-" + id,
                services,
                settings.electionTimeout(),
                settings.limits(),
                random.split());
    }

    /** Puts the peer on the network and gives it its Raft. */
    void connect(SimNode node) {
        PeerCore served = core;
        try {
            transport.start(served::handle, served::peerGone);
        } catch (BindException e) {
            throw new AssertionError(e);
        }
        served.raft(node);
    }

    String id() {
        return id;
    }

    Machine machine() {
        return machine;
    }

    PeerCore core() {
        return core;
    }

    boolean runs() {
        return !machine.isCrashed();
    }

    @Nullable
    Coord shared() {
        return shared;
    }

    void shared(Coord handle) {
        shared = handle;
    }

    /** Ends the process: it is off the network before its callers are told. */
    void crash(SimNode node) {
        machine.crash();
        core.raft(null);
        node.crash();
        close();
        scripts.crashed(machine);
    }

    void restart(SimNode node) {
        machine = newMachine();
        transport = newTransport();
        core = newCore();
        shared = null;
        node.restart(machine, core.newStateMachine());
        connect(node);
    }

    void close() {
        transport.close();
        core.close();
    }
}
