package dev.coord.raft.internal.transport;

/**
 * Where a peer listens. The host is a name or an IP address; a name is looked up again for each connection, as it may
 * come to mean another machine.
 *
 * @param host a host name or an IP address
 * @param port 1 to 65535, or 0 to listen on any free port
 */
public record PeerAddress(String host, int port) {

    /** Checks the parts. */
    public PeerAddress {
        if (host.isBlank() || port < 0 || port > 65535) {
            throw new IllegalArgumentException("not an address: host '" + host + "', port " + port);
        }
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
