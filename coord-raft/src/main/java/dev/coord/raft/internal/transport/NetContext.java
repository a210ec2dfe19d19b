package dev.coord.raft.internal.transport;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the connections of one peer share. */
final class NetContext {
    private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);

    final NettyTransportConfig config;
    final NetThreads threads;
    final NioEventLoopGroup group;
    final @Nullable Tls tls;
    final WarnOnce warnings = new WarnOnce();
    final Set<Channel> inbound = ConcurrentHashMap.newKeySet();
    volatile Transport.RequestHandler handler = (from, kind, payload) -> {
        throw new IllegalStateException("not started");
    };
    volatile Transport.ConnectionListener listener = peer -> {};
    volatile boolean closed;
    private final ConcurrentHashMap<String, PeerLink> links = new ConcurrentHashMap<>();
    // Looking up a name may block for seconds, which no event loop can afford.
    private final SerialThread resolver;
    private volatile Map<String, PeerAddress> peers;

    NetContext(NettyTransportConfig config, Map<String, PeerAddress> peers) {
        this.config = config;
        this.peers = Map.copyOf(peers);
        this.tls = config.tls() == null ? null : new Tls(config.tls());
        this.threads = new NetThreads(config.peerId());
        this.resolver = new SerialThread("coord-" + config.peerId() + "-net-dns");
        this.group = new NioEventLoopGroup(config.threads(), threads);
    }

    @Nullable
    PeerAddress address(String peer) {
        return peers.get(peer);
    }

    /** The link to a known peer, made when first asked for. */
    @Nullable
    PeerLink link(String peer) {
        if (!peers.containsKey(peer)) {
            return null;
        }
        return links.computeIfAbsent(peer, id -> new PeerLink(this, id, group.next()));
    }

    void addresses(Map<String, PeerAddress> replacement) {
        Map<String, PeerAddress> before = peers;
        peers = Map.copyOf(replacement);
        links.forEach((peer, link) -> {
            PeerAddress now = replacement.get(peer);
            if (now == null) {
                links.remove(peer);
                link.close(peer + " is no longer a peer");
            } else if (!now.equals(before.get(peer))) {
                link.reset("the address of " + peer + " has changed");
            }
        });
        for (Channel channel : inbound) {
            ServerHandler connection = channel.pipeline().get(ServerHandler.class);
            if (connection != null) {
                connection.closeUnlessIn(replacement.keySet());
            }
        }
    }

    /** Looks the address up and passes it to the event loop; unresolved if the name is unknown. */
    void resolve(PeerAddress address, EventLoop loop, Consumer<InetSocketAddress> then) {
        String host = address.host();
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            then.accept(new InetSocketAddress(host, address.port()));
            return;
        }
        try {
            resolver.execute(() -> {
                InetSocketAddress found = new InetSocketAddress(host, address.port());
                loop.execute(() -> then.accept(found));
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("closed before {} was looked up", host);
        }
    }

    /** A connection from the peer was lost: is it gone? */
    void inboundLost(String peer) {
        PeerLink link = closed ? null : link(peer);
        if (link != null) {
            link.probe();
        }
    }

    void peerGone(String peer) {
        LOG.debug("{} reset its connection and refuses another", peer);
        try {
            listener.peerGone(peer);
        } catch (RuntimeException e) {
            LOG.warn("the connection listener failed", e);
        }
    }

    String closedReason() {
        return "the transport of " + config.peerId() + " was closed";
    }

    /** Ends everything but the listening socket; returns when all threads are gone. */
    void close() {
        String reason = closedReason();
        links.values().forEach(link -> link.close(reason));
        inbound.forEach(Net::close);
        Net.ignore(group.shutdownGracefully(0, 2, TimeUnit.SECONDS));
        resolver.close();
        threads.join();
        links.values().forEach(link -> link.sweep(reason));
    }
}
