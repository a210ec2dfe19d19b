package dev.coord.raft.internal.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

class NettyTransportTest extends TransportContract {
    static final String HOST = "127.0.0.1";

    private final Map<String, PeerAddress> addresses = new ConcurrentHashMap<>();

    NettyTransportTest() throws IOException {
        for (String peer : new String[] {"n1", "n2", "n3"}) {
            addresses.put(peer, new PeerAddress(HOST, freePort()));
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    Transport create(String peer) {
        PeerAddress bind = addresses.get(peer);
        if (bind == null) {
            throw new IllegalArgumentException(peer);
        }
        return new NettyTransport(config(NettyTransportConfig.of("test", peer, bind)), addresses);
    }

    NettyTransportConfig config(NettyTransportConfig defaults) {
        return defaults;
    }

    @Override
    void shutDown() {
        // Nothing is shared.
    }

    @Nullable
    PeerAddress address(String peer) {
        return addresses.get(peer);
    }
}
