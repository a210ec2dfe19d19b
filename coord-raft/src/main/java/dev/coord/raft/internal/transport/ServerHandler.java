package dev.coord.raft.internal.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One inbound connection: lets a peer in, or says why not, and answers its requests. */
final class ServerHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);

    private final NetContext net;
    private final Channel channel;
    private final FrameDecoder frames;
    private final Outbox responses;
    private volatile @Nullable String peer;
    private volatile boolean closedByUs;
    private boolean refused;

    ServerHandler(NetContext net, Channel channel, FrameDecoder frames) {
        this.net = net;
        this.channel = channel;
        this.frames = frames;
        this.responses = new Outbox(channel);
    }

    /** Any thread. */
    void closeUnlessIn(Set<String> peers) {
        String known = peer;
        if (known != null && !peers.contains(known)) {
            close();
        }
    }

    private void close() {
        closedByUs = true;
        Net.close(channel);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        net.inbound.add(channel);
        if (net.closed) {
            close();
            return;
        }
        Net.later(ctx.executor(), net.config.connectTimeout(), this::handshakeTimeout);
        ctx.fireChannelActive();
    }

    private void handshakeTimeout() {
        if (peer == null) {
            LOG.debug("{} connected but did not introduce itself", channel.remoteAddress());
            close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        net.inbound.remove(channel);
        String lost = peer;
        if (lost != null && !closedByUs) {
            LOG.debug("{} closed its connection to us", lost);
            net.inboundLost(lost);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        // A peer that does not read its responses gets to send no more requests.
        channel.config().setAutoRead(channel.isWritable());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Frame frame = (Frame) message;
        String from = peer;
        if (refused) {
            return;
        }
        if (from == null) {
            handshake(ctx, frame);
        } else if (frame.type() == Frame.REQUEST) {
            handle(from, frame);
        } else if (frame.type() == Frame.PING) {
            responses.send(Frame.signal(Frame.PONG));
        } else if (frame.type() != Frame.PONG) {
            refuse(ctx, from + " sent a frame of unknown type " + frame.type());
        }
    }

    private void handshake(ChannelHandlerContext ctx, Frame frame) {
        try {
            Hello hello = Hello.decode(frame);
            String objection = objection(ctx, hello);
            if (objection == null) {
                welcome(ctx, hello.from());
            } else {
                refuse(ctx, objection);
            }
        } catch (TransportException e) {
            refuse(ctx, String.valueOf(e.getMessage()));
        }
    }

    private @Nullable String objection(ChannelHandlerContext ctx, Hello hello) {
        String self = net.config.peerId();
        if (!hello.cluster().equals(net.config.clusterId())) {
            return self + " is of cluster '" + net.config.clusterId() + "', not of '" + hello.cluster() + "'";
        }
        if (!hello.to().equals(self)) {
            return "this is " + self + ", not " + hello.to() + "; check the address of " + hello.to();
        }
        if (hello.from().equals(self)) {
            return "two peers call themselves " + self;
        }
        if (net.address(hello.from()) == null) {
            return self + " knows of no peer " + hello.from();
        }
        return net.tls == null
                ? null
                : net.tls.objectionToClient(
                        ctx.pipeline().get(SslHandler.class).engine().getSession(), hello.from());
    }

    private void welcome(ChannelHandlerContext ctx, String from) {
        LOG.debug("{} connected from {}", from, channel.remoteAddress());
        peer = from;
        frames.allow(net.config.maxFrameBytes());
        Liveness liveness = new Liveness(net.config.silenceTimeout(), this::close);
        ctx.pipeline().addBefore("frames", null, liveness);
        responses.send(Frame.signal(Frame.WELCOME));
    }

    private void refuse(ChannelHandlerContext ctx, String reason) {
        if (refused) {
            return;
        }
        net.warnings.warn("refused a connection from " + Net.host(channel.remoteAddress()) + ": " + reason);
        refused = true;
        closedByUs = true;
        Net.refuse(ctx, reason);
    }

    private void handle(String from, Frame request) {
        var unused = answer(from, request).whenComplete((result, error) -> respond(request.id(), result, error));
    }

    private CompletableFuture<byte[]> answer(String from, Frame request) {
        try {
            return net.handler.handle(from, MessageKind.of(request.code()), request.body());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void respond(long id, byte @Nullable [] result, @Nullable Throwable error) {
        if (error != null || result == null) {
            LOG.debug("a request of {} failed", peer, error);
            responses.send(Frame.text(Frame.RESPONSE, Frame.FAILED, id, RemoteFailure.message(error)));
        } else if (result.length > net.config.maxFrameBytes()) {
            String message = "the response of " + result.length + " bytes is larger than a frame may be";
            responses.send(Frame.text(Frame.RESPONSE, Frame.FAILED, id, message));
        } else {
            responses.send(new Frame(Frame.RESPONSE, Frame.OK, id, result));
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
            tlsFailed(handshake.cause());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (Tls.isTlsFailure(cause)) {
            tlsFailed(cause);
        } else if (cause instanceof TransportException) {
            refuse(ctx, String.valueOf(cause.getMessage()));
        } else {
            LOG.debug("the connection from {} broke: {}", channel.remoteAddress(), cause.toString());
            Net.close(channel);
        }
    }

    private void tlsFailed(Throwable cause) {
        if (Tls.isTlsFailure(cause) && !refused && peer == null) {
            net.warnings.warn("no TLS with " + Net.host(channel.remoteAddress()) + ": " + Tls.describe(cause));
        }
        refused = true;
        Net.close(channel);
    }
}
