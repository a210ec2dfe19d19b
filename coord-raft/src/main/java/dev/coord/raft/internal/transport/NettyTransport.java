package dev.coord.raft.internal.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The transport over TCP: one port, and one connection per direction between two peers, made when first needed.
 *
 * <p>A peer is reported as gone when it resets or closes a connection, made by either side, and the connection attempt
 * that this causes is refused. Requests may be sent before {@link #start}; none are answered until then. Close waits for
 * the threads, unless called on one of them; only Netty's process-wide {@code globalEventExecutor} lives on for about a
 * second.
 */
public final class NettyTransport implements Transport {
    private static final int BACKLOG = 128;
    private static final int RESPONSE_BYTES_LOW = 4 << 20;
    private static final int RESPONSE_BYTES_HIGH = 16 << 20;

    private final NettyTransportConfig config;
    private final NetContext net;
    private final AddressBook book;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile @Nullable Channel server;

    /**
     * Creates a transport that neither listens nor connects yet.
     *
     * @param config how to listen and connect
     * @param peers where the peers are; connections from others are refused, this peer may be among them
     */
    public NettyTransport(NettyTransportConfig config, Map<String, PeerAddress> peers) {
        this.config = config;
        this.net = new NetContext(config, peers);
        this.book = new AddressBook(peers, net::addresses);
    }

    @Override
    public void learn(String peer, PeerAddress address) {
        book.learn(peer, address);
    }

    @Override
    public Optional<PeerAddress> address(String peer) {
        return book.of(peer);
    }

    /** Replaces the addresses. Connections to peers that are gone from them, or have moved, are closed. */
    void addresses(Map<String, PeerAddress> peers) {
        net.addresses(peers);
    }

    /** The port it listens on. */
    public int port() {
        Channel listening = server;
        if (listening == null) {
            throw new IllegalStateException("not started");
        }
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** How many connections others hold to us. */
    int connections() {
        return net.inbound.size();
    }

    @Override
    public void start(RequestHandler handler, ConnectionListener listener) throws BindException {
        if (net.closed || !begun.compareAndSet(false, true)) {
            throw new IllegalStateException("the transport of " + config.peerId() + " was started or closed before");
        }
        if (config.tls() != null && !config.tls().hasIdentity()) {
            throw new IllegalStateException("to accept connections by TLS takes a certificate and its key");
        }
        net.handler = handler;
        net.listener = listener;
        InetSocketAddress address =
                new InetSocketAddress(config.bind().host(), config.bind().port());
        ChannelFuture bound = bootstrap().bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            close();
            throw bindFailure(address, bound.cause());
        }
        server = bound.channel();
        if (net.closed) {
            bound.channel().close().awaitUninterruptibly();
        }
    }

    private BindException bindFailure(InetSocketAddress address, Throwable cause) {
        String reason = address.isUnresolved()
                ? "its host is unknown; correct the members or give an address to listen on"
                : RemoteFailure.message(cause) + "; stop what uses the port, or correct the members";
        BindException failure = new BindException("cannot listen on " + config.bind() + ": " + reason);
        failure.initCause(cause);
        return failure;
    }

    private ServerBootstrap bootstrap() {
        return new ServerBootstrap()
                .group(net.group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(RESPONSE_BYTES_LOW, RESPONSE_BYTES_HIGH))
                .handler(new QuietAcceptor())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        FrameDecoder frames = new FrameDecoder();
                        accepted.pipeline()
                                .addLast(new PortGuard(net.tls))
                                .addLast("frames", frames)
                                .addLast(new ServerHandler(net, accepted, frames));
                    }
                });
    }

    @Override
    public CompletableFuture<byte[]> request(String peer, MessageKind kind, byte[] payload, Duration timeout) {
        if (peer.equals(config.peerId())) {
            throw new IllegalArgumentException(peer + " sends a request to itself");
        }
        if (payload.length > config.maxFrameBytes()) {
            return failed("a request of " + payload.length + " bytes, where at most " + config.maxFrameBytes()
                    + " are allowed");
        }
        PeerLink link = net.closed ? null : net.link(peer);
        if (link == null) {
            return failed(net.closed ? net.closedReason() : config.peerId() + " knows of no peer " + peer);
        }
        return link.request(kind, payload, timeout);
    }

    private static CompletableFuture<byte[]> failed(String message) {
        return CompletableFuture.failedFuture(new TransportException(message, false));
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            if (!net.threads.isCurrent()) {
                net.threads.join();
            }
            return;
        }
        net.closed = true;
        Channel listening = server;
        if (listening != null) {
            // First, so that peers that see their connection close find the port closed as well.
            ChannelFuture unbound = listening.close();
            if (!net.threads.isCurrent()) {
                unbound.awaitUninterruptibly();
            }
        }
        net.close();
    }

    /** An accept may fail, for instance for want of file descriptors; Netty waits a second and goes on. */
    private final class QuietAcceptor extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            net.warnings.warn("cannot accept a connection: " + cause);
        }
    }
}
