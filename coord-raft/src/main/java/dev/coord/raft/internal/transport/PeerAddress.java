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

    /**
     * Reads what {@link #toString()} writes.
     *
     * @param text {@code host:port}, with brackets around an IPv6 address; a port to send to, which is not 0
     * @throws IllegalArgumentException if it is not that
     */
    public static PeerAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String written = colon < 0 ? "" : text.substring(0, colon);
        boolean bracketed = written.length() > 1 && written.startsWith("[") && written.endsWith("]");
        String host = bracketed ? written.substring(1, written.length() - 1) : written;
        int port = colon < 0 ? 0 : port(text.substring(colon + 1));
        if (host.isBlank() || port == 0 || host.contains(":") != bracketed) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no address; one looks like 10.0.0.1:7101, name.example:7101 or [::1]:7101");
        }
        return new PeerAddress(host, port);
    }

    private static int port(String text) {
        boolean number = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = number ? Integer.parseInt(text) : 0;
        return port <= 65_535 ? port : 0;
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
