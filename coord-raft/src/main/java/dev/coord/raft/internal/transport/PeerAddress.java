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

    /** Reads {@code host:port}; an IPv6 address stands in brackets. */
    public static PeerAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            throw new IllegalArgumentException("an IPv6 address needs brackets, as in [::1]:7101: '" + text + "'");
        }
        try {
            return new PeerAddress(host, Integer.parseInt(text.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not of the form host:port: '" + text + "'", e);
        }
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
