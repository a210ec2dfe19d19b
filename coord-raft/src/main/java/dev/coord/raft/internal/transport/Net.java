package dev.coord.raft.internal.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Small things done to channels. */
final class Net {
    private static final Duration LINGER = Duration.ofMillis(500);

    private Net() {}

    static void write(Channel channel, Frame frame) {
        ignore(channel.write(frame.encode(channel.alloc()), channel.voidPromise()));
    }

    static void send(ChannelHandlerContext ctx, Frame frame) {
        ignore(ctx.writeAndFlush(frame.encode(ctx.alloc()), ctx.voidPromise()));
    }

    /**
     * Tells the other side why, and leaves it to close the connection for a while: closing over bytes that were not read
     * resets it, and a reset may overtake the reason.
     */
    static void refuse(ChannelHandlerContext ctx, String reason) {
        send(ctx, Frame.text(Frame.REFUSED, (byte) 0, 0, reason));
        later(ctx.executor(), LINGER, () -> close(ctx.channel()));
    }

    /** Closes; how that ends is told to the handlers. */
    static void close(Channel channel) {
        ignore(channel.close());
    }

    static void later(EventExecutor loop, Duration delay, Runnable task) {
        ignore(loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS));
    }

    static void ignore(Future<?> future) {
        assert future != null;
    }

    /** The address without the port, which differs with each attempt. */
    static String host(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : String.valueOf(address);
    }
}
