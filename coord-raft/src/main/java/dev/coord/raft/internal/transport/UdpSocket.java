package dev.coord.raft.internal.transport;

import dev.coord.net.Datagrams;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Datagrams over UDP. What cannot be sent at once waits in Netty's buffer up to its high water mark (64 KiB), and beyond that is
 * dropped, as the network might have done; so nobody ever waits. A datagram that is longer than may be sent is handed over cut
 * off a little above that length, so that the receiver can see that it is too long.
 */
public final class UdpSocket implements Datagrams {
    /** Fits a packet of Ethernet with IPv6 and UDP headers and some tunnel's. */
    public static final int MAX_PAYLOAD = 1_400;

    private static final Logger LOG = LoggerFactory.getLogger(UdpSocket.class);
    private static final int RECEIVE_BYTES = 2_048;
    private static final int SHUTDOWN_SECONDS = 2;

    private final PeerAddress bind;
    private final NetThreads threads;
    private final NioEventLoopGroup group;
    private final UdpTargets targets;
    private final AtomicReference<@Nullable Receiver> receiver = new AtomicReference<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean closed;
    private volatile @Nullable Channel channel;
    private volatile int port;

    private UdpSocket(PeerAddress bind, UdpTargets targets) {
        this.bind = bind;
        this.targets = targets;
        port = bind.port();
        threads = NetThreads.ofSocket("udp-" + bind.port());
        group = new NioEventLoopGroup(1, threads);
    }

    /**
     * Opens a socket. Waits until it is bound; looks the host up on the calling thread.
     *
     * @param bind where to listen; port 0 for any free one
     * @param targets looks up where to send to; closed with the socket
     * @throws BindException if that is not possible; then no thread is left
     */
    public static UdpSocket open(PeerAddress bind, UdpTargets targets) throws BindException {
        UdpSocket socket = new UdpSocket(bind, targets);
        InetSocketAddress address = new InetSocketAddress(bind.host(), bind.port());
        ChannelFuture bound = socket.bootstrap().bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            socket.close();
            throw failure(bind, address, bound.cause());
        }
        socket.channel = bound.channel();
        socket.port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
        return socket;
    }

    private static BindException failure(PeerAddress bind, InetSocketAddress address, Throwable cause) {
        String reason = address.isUnresolved()
                ? "its host is unknown; give an address of this machine"
                : RemoteFailure.message(cause) + "; stop what uses the port, or listen on another";
        BindException failure = new BindException("cannot receive datagrams on " + bind + ": " + reason);
        failure.initCause(cause);
        return failure;
    }

    private Bootstrap bootstrap() {
        return new Bootstrap()
                .group(group)
                .channel(NioDatagramChannel.class)
                .option(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BYTES))
                .handler(new Inbound());
    }

    private final class Inbound extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
            Receiver handler = receiver.get();
            if (handler == null || closed) {
                return;
            }
            try {
                handler.receive(text(packet.sender()), ByteBufUtil.getBytes(packet.content()));
            } catch (RuntimeException | Error e) {
                LOG.warn("the receiver of datagrams on {} failed", bind, e);
            }
        }

        /** A datagram that could not be sent, or the answer of a host that has nobody at that port: it is lost. */
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            LOG.debug("a datagram of {} was lost: {}", bind, cause.toString());
        }
    }

    private static String text(InetSocketAddress address) {
        return new PeerAddress(Net.host(address), address.getPort()).toString();
    }

    @Override
    public String address() {
        return new PeerAddress(bind.host(), port).toString();
    }

    /** The port that it is bound to, also once closed. */
    public int port() {
        return port;
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
        InetSocketAddress target = targets.find(to);
        Channel bound = channel;
        if (target != null && bound != null && !closed && bound.isWritable()) {
            Net.ignore(bound.writeAndFlush(
                    new DatagramPacket(Unpooled.wrappedBuffer(payload), target), bound.voidPromise()));
        }
    }

    @Override
    public void receive(Receiver handler) {
        if (!receiver.compareAndSet(null, handler)) {
            throw new IllegalStateException(
                    "the datagrams on " + address() + " are received already: open another socket");
        }
    }

    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            closed = true;
            Channel bound = channel;
            if (bound != null) {
                Net.close(bound);
            }
            Net.ignore(group.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS));
            targets.close();
        }
        if (!threads.isCurrent()) {
            threads.join();
        }
    }

    @Override
    public String toString() {
        return "UdpSocket(" + address() + ")";
    }
}
