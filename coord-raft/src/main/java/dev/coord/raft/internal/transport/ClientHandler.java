package dev.coord.raft.internal.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** One outbound connection, from the attempt to its end. Touched by the event loop of its link only. */
final class ClientHandler extends ChannelInboundHandlerAdapter {
    private final NetContext net;
    private final PeerLink link;
    private final PeerAddress address;
    private final FrameDecoder frames = new FrameDecoder();
    private @Nullable Channel channel;
    private boolean welcomed;
    private boolean closed;

    ClientHandler(NetContext net, PeerLink link, PeerAddress address) {
        this.net = net;
        this.link = link;
        this.address = address;
    }

    void connect(EventLoop loop, InetSocketAddress resolved) {
        if (resolved.isUnresolved()) {
            link.ended(this, Ending.byUs("the host of " + where() + " is unknown"));
            return;
        }
        int pendingLimit = (int) Math.min(Integer.MAX_VALUE, net.config.maxPendingBytes());
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        net.config.connectTimeout().toMillis())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(pendingLimit / 2, pendingLimit))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel created) {
                        initialize(created);
                    }
                })
                .connect(resolved);
        channel = connecting.channel();
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                link.ended(this, connectFailure(done.cause()));
            }
        });
    }

    private void initialize(Channel created) {
        if (net.tls != null) {
            created.pipeline().addLast(net.tls.clientHandler());
        }
        created.pipeline().addLast("frames", frames).addLast(this);
    }

    private Ending connectFailure(Throwable cause) {
        if (cause instanceof ConnectException && !(cause instanceof ConnectTimeoutException)) {
            return Ending.refused(where() + " refused the connection");
        }
        return Ending.byUs("cannot connect to " + where() + ": " + RemoteFailure.message(cause));
    }

    private String where() {
        return link.peer() + " at " + address;
    }

    /** False, without writing, when the connection cannot take more. */
    boolean write(Frame frame) {
        if (channel == null || !channel.isWritable()) {
            return false;
        }
        Net.write(channel, frame);
        return true;
    }

    /** How many bytes wait for the network. */
    long queuedBytes() {
        ChannelOutboundBuffer queued = channel == null ? null : channel.unsafe().outboundBuffer();
        return queued == null ? 0 : queued.totalPendingWriteBytes();
    }

    void flush() {
        if (channel != null) {
            channel.flush();
        }
    }

    void close() {
        closed = true;
        if (channel != null) {
            Net.close(channel);
        }
    }

    private void end(Ending ending) {
        link.ended(this, ending);
        close();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        Net.later(ctx.executor(), net.config.connectTimeout(), this::handshakeTimeout);
        if (net.tls == null) {
            introduce(ctx);
        }
    }

    private void handshakeTimeout() {
        if (!welcomed && !closed) {
            end(Ending.byUs(where() + " accepted the connection but did not answer the handshake"));
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                encrypted(ctx);
            } else {
                end(tlsFailure(handshake.cause()));
            }
        }
    }

    private void encrypted(ChannelHandlerContext ctx) {
        String objection = net.tls == null
                ? null
                : net.tls.objection(
                        ctx.pipeline().get(SslHandler.class).engine().getSession(), link.peer());
        if (objection == null) {
            introduce(ctx);
        } else {
            end(Ending.misconfigured(where() + " is not trusted: " + objection));
        }
    }

    private void introduce(ChannelHandlerContext ctx) {
        Net.send(ctx, new Hello(net.config.clusterId(), net.config.peerId(), link.peer()).encode());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Frame frame = (Frame) message;
        if (closed) {
            return;
        }
        if (frame.type() == Frame.REFUSED) {
            end(Ending.misconfigured(where() + " refused us: " + frame.text()));
        } else if (!welcomed) {
            handshake(ctx, frame);
        } else if (frame.type() == Frame.RESPONSE) {
            link.answered(frame);
        } else if (frame.type() == Frame.PING) {
            Net.send(ctx, Frame.signal(Frame.PONG));
        } else if (frame.type() != Frame.PONG) {
            end(Ending.misconfigured(where() + " sent a frame of unknown type " + frame.type()));
        }
    }

    private void handshake(ChannelHandlerContext ctx, Frame frame) {
        if (frame.type() == Frame.WELCOME) {
            welcomed = true;
            frames.allow(net.config.maxFrameBytes());
            Liveness liveness =
                    new Liveness(net.config.silenceTimeout(), () -> end(Ending.byUs(where() + " has fallen silent")));
            ctx.pipeline().addBefore("frames", null, liveness);
            link.established(this);
        } else {
            end(Ending.misconfigured(where() + " does not speak the protocol of a Coord peer"));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (net.tls != null && Tls.isTlsFailure(cause)) {
            end(tlsFailure(cause));
        } else if (cause instanceof TransportException) {
            end(Ending.misconfigured(where() + " sent " + cause.getMessage()));
        } else if (cause instanceof IOException) {
            end(Ending.byRemote(where() + " broke the connection: " + cause.getMessage()));
        } else {
            end(Ending.misconfigured("the connection to " + where() + " failed: " + cause));
        }
    }

    private Ending tlsFailure(Throwable cause) {
        if (!Tls.isTlsFailure(cause)) {
            return Ending.byRemote(where() + " closed the connection during the TLS handshake");
        }
        return Ending.misconfigured("no TLS with " + where() + ": " + Tls.describe(cause));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed = true;
        link.ended(
                this,
                Ending.byRemote(where()
                        + (welcomed ? " closed the connection" : " closed the connection during the handshake")));
    }
}
