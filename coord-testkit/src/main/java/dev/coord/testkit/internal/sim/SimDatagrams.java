package dev.coord.testkit.internal.sim;

import dev.coord.net.Datagrams;
import dev.coord.raft.internal.transport.MemoryNetwork;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A peer's datagrams: they meet the network's faults, and a pause or crash of either process. Addresses are peers' ids. */
final class SimDatagrams implements Datagrams {
    private static final int MAX_PAYLOAD = 1_400;

    private final Ports ports;
    private final Machine machine;
    private @Nullable Receiver receiver;
    private boolean closed;

    private SimDatagrams(Ports ports, Machine machine) {
        this.ports = ports;
        this.machine = machine;
    }

    /** Who receives what is sent to which address. */
    static final class Ports {
        private final MemoryNetwork network;
        private final Map<String, SimDatagrams> open = new HashMap<>();

        Ports(MemoryNetwork network) {
            this.network = network;
        }

        SimDatagrams open(Machine machine) {
            SimDatagrams before = open.get(machine.id());
            if (before != null && before.isOpen()) {
                throw new IllegalStateException(
                        "peer " + machine.id() + " has datagrams open already: close them first");
            }
            SimDatagrams opened = new SimDatagrams(this, machine);
            open.put(machine.id(), opened);
            return opened;
        }

        private void deliver(String from, String to, byte[] payload) {
            SimDatagrams there = open.get(to);
            if (there != null && there.isOpen()) {
                there.machine.network().execute(() -> there.take(from, payload));
            }
        }
    }

    private boolean isOpen() {
        return !closed && !machine.isCrashed();
    }

    private void take(String from, byte[] payload) {
        if (isOpen() && receiver != null) {
            receiver.receive(from, payload);
        }
    }

    @Override
    public String address() {
        return machine.id();
    }

    @Override
    public int maxPayload() {
        return MAX_PAYLOAD;
    }

    @Override
    public void send(String to, byte[] payload) {
        if (payload.length > MAX_PAYLOAD) {
            throw new IllegalArgumentException(
                    "a datagram of " + payload.length + " bytes; at most " + MAX_PAYLOAD + " can be sent: split it");
        }
        if (isOpen()) {
            byte[] copy = payload.clone();
            String from = machine.id();
            ports.network.datagram(from, to, () -> ports.deliver(from, to, copy.clone()));
        }
    }

    @Override
    public void receive(Receiver newReceiver) {
        if (receiver != null) {
            throw new IllegalStateException("there is a receiver already");
        }
        receiver = newReceiver;
    }

    @Override
    public void close() {
        closed = true;
    }
}
