package dev.coord.testkit.internal.sim;

import dev.coord.raft.internal.transport.LinkFaults;
import dev.coord.testkit.SimulatedFaults;
import java.time.Duration;
import java.util.Collection;

/** The faults of a simulation: each happens at once, at the present moment of virtual time. */
public final class WorldFaults implements SimulatedFaults {
    private final SimWorld world;

    /** The faults of a world. */
    public WorldFaults(SimWorld world) {
        this.world = world;
    }

    @Override
    public void partition(Collection<? extends Collection<String>> groups) {
        groups.forEach(group -> group.forEach(world::peer));
        change("partition " + groups, () -> world.network().partition(groups));
    }

    @Override
    public void cut(String from, String to) {
        world.peer(from);
        world.peer(to);
        if (from.equals(to)) {
            throw new IllegalArgumentException(from + " cannot be cut off from itself");
        }
        change("cut " + from + " " + to, () -> world.network().cut(from, to));
    }

    @Override
    public void heal() {
        change("heal", () -> world.network().heal());
    }

    @Override
    public void crash(String peer) {
        SimPeer victim = world.running(peer);
        change("crash " + peer, () -> victim.crash(world.raft().node(peer)));
    }

    @Override
    public void restart(String peer) {
        SimPeer crashed = world.peer(peer);
        if (crashed.runs()) {
            throw new IllegalStateException("peer " + peer + " runs: crash it first");
        }
        change("restart " + peer, () -> crashed.restart(world.raft().node(peer)));
    }

    @Override
    public void pause(String peer) {
        Machine machine = world.running(peer).machine();
        if (machine.isPaused()) {
            throw new IllegalStateException(peer + " is paused already");
        }
        change("pause " + peer, machine::pause);
        world.stopIfPaused();
    }

    @Override
    public void resume(String peer) {
        Machine machine = world.running(peer).machine();
        change("resume " + peer, machine::resume);
    }

    /** Something that may change who reaches whom. */
    private void change(String what, Runnable fault) {
        happen(what, () -> {
            fault.run();
            world.raft().topologyChanged();
        });
    }

    private void happen(String what, Runnable fault) {
        world.happen(() -> {
            world.time().trace().note("-", what, 0, 0);
            fault.run();
        });
    }

    @Override
    public void skewClock(String peer, double rate) {
        if (!(rate > 0 && rate < 1_000_000)) {
            throw new IllegalArgumentException("a clock that runs " + rate + " seconds a second");
        }
        Machine machine = world.running(peer).machine();
        happen("skew " + peer, () -> machine.rate(rate));
    }

    @Override
    public void elect(String peer) {
        world.running(peer);
        happen("elect " + peer, () -> {
            if (!world.raft().elections().elect(world.raft().node(peer))) {
                throw new IllegalStateException("no majority can elect " + peer + " now");
            }
        });
    }

    @Override
    public void delayReplica(String peer, Duration duration) {
        world.running(peer);
        if (duration.isNegative()) {
            throw new IllegalArgumentException("a replica cannot lag by " + duration);
        }
        happen("delay " + peer, () -> world.raft().node(peer).delay(duration));
    }

    @Override
    public void installSnapshot(String peer) {
        world.running(peer);
        happen("snapshot " + peer, () -> world.raft().node(peer).snapshotNext());
    }

    @Override
    public void disturbMessages(double lossRate, double duplicateRate, Duration maxDelay) {
        LinkFaults faults = new LinkFaults(lossRate, duplicateRate, Duration.ZERO, maxDelay, true);
        happen("disturb", () -> {
            world.network().faults(faults);
            world.raft().disturb(lossRate, maxDelay.toNanos());
        });
    }

    @Override
    public void endAll() {
        change("end all faults", () -> {
            world.network().heal();
            world.network().faults(SimWorld.USUAL);
            world.raft().disturb(0, 0);
            for (String id : world.ids()) {
                SimPeer peer = world.peer(id);
                if (peer.runs()) {
                    peer.machine().resume();
                    peer.machine().usualRate();
                } else {
                    peer.restart(world.raft().node(id));
                }
                world.raft().node(id).endDelay();
            }
        });
    }
}
