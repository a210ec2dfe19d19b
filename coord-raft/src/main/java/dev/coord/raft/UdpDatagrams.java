package dev.coord.raft;

import static java.util.Objects.requireNonNull;

import dev.coord.net.Datagrams;
import dev.coord.raft.PeerStartException.Reason;
import dev.coord.raft.internal.transport.PeerAddress;
import dev.coord.raft.internal.transport.UdpSocket;
import dev.coord.raft.internal.transport.UdpTargets;
import dev.coord.time.Ticker;
import java.net.BindException;
import java.util.Set;

/**
 * {@link Datagrams} over UDP, apart from the connections of a peer: for heartbeats and gossip. Payloads are up to 1,400 bytes.
 *
 * <p>Addresses are {@code host:port}, with an IPv6 address in brackets: {@code [::1]:7000}. A name is looked up when something
 * is first sent to it, and again each 30 s; what is sent before it is known is lost. {@link #send} never waits: what finds more
 * than 64 KiB waiting before it is dropped. Anybody may send here, under any address, so the receiver must not believe it.
 *
 * <p>It has a thread {@code coord-udp-<port>-1}, by the port that was asked for, that calls the receiver, and, if names are used, {@code coord-udp-dns}; both are
 * daemons. The first is gone when {@link #close} returns, the other when a lookup under way has ended, 5 s later at most.
 */
public final class UdpDatagrams implements Datagrams {
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    private final UdpSocket socket;
    private final String address;

    private UdpDatagrams(UdpSocket socket, String advertisedHost) {
        this.socket = socket;
        address = new PeerAddress(advertisedHost, socket.port()).toString();
    }

    /**
     * Opens a socket. Waits until it is open, and until the host is looked up if it is a name.
     *
     * @param host an address or name of this machine that others can reach it by; an IPv6 address without brackets
     * @param port 1 to 65535, or 0 for any free one, which {@link #address()} tells
     * @return the socket; close it when done
     * @throws PeerStartException if that is not possible, with {@link Reason#PORT_IN_USE} if the port is taken; no thread is left
     * @throws IllegalArgumentException if the host is blank, in brackets or stands for all addresses, or the port is out of bounds
     */
    public static UdpDatagrams bind(String host, int port) {
        return bind(host, port, host);
    }

    /**
     * Opens a socket that listens at one address and is reached by another, as in a container or for all addresses of a machine.
     *
     * @param host where to listen, such as {@code 0.0.0.0}
     * @param port 1 to 65535, or 0 for any free one
     * @param advertisedHost what {@link #address()} tells others
     * @return the socket; close it when done
     * @throws PeerStartException as {@link #bind(String, int)}
     * @throws IllegalArgumentException as {@link #bind(String, int)}; only the advertised host must not stand for all addresses
     */
    public static UdpDatagrams bind(String host, int port, String advertisedHost) {
        PeerAddress address = checked(host, port);
        PeerAddress advertised = checked(advertisedHost, port);
        if (WILDCARDS.contains(advertisedHost)) {
            throw new IllegalArgumentException("others cannot reach this at " + advertisedHost
                    + ", which stands for all addresses of a machine: give the one to advertise besides");
        }
        UdpTargets targets = new UdpTargets(Ticker.system());
        try {
            return new UdpDatagrams(UdpSocket.open(address, targets), advertised.host());
        } catch (BindException e) {
            String message = String.valueOf(e.getMessage());
            throw new PeerStartException(reason(message), message, e);
        }
    }

    private static PeerAddress checked(String host, int port) {
        if (host.startsWith("[")) {
            throw new IllegalArgumentException(
                    "the host '" + host + "': brackets belong to an address with a port only");
        }
        return new PeerAddress(host, port);
    }

    /** The platform says by its words alone whether the port is taken or the address is not one of this machine. */
    private static Reason reason(String message) {
        return message.contains("already in use") ? Reason.PORT_IN_USE : Reason.OTHER;
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public int maxPayload() {
        return socket.maxPayload();
    }

    @Override
    public void send(String to, byte[] payload) {
        socket.send(to, payload);
    }

    @Override
    public void receive(Receiver receiver) {
        socket.receive(requireNonNull(receiver, "receiver"));
    }

    @Override
    public void close() {
        socket.close();
    }

    @Override
    public String toString() {
        return "UdpDatagrams(" + address() + ")";
    }
}
