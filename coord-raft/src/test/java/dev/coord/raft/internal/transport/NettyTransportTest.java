package dev.coord.raft.internal.transport;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

class NettyTransportTest extends TransportContract {
    static final String HOST = "127.0.0.1";

    private final Map<String, PeerAddress> addresses = new ConcurrentHashMap<>();

    NettyTransportTest() {
        for (String peer : new String[] {"n1", "n2", "n3"}) {
            addresses.put(peer, new PeerAddress(HOST, FreePorts.find()));
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
