package dev.coord.raft.internal.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices a connection on which nothing arrives any more. Without it, a connection cut without a reset would linger for
 * minutes after the network has healed, because TCP retransmits ever more rarely.
 *
 * <p>Both sides ping and both answer pings, always: so each hears from the other even while one large message takes long
 * in either direction.
 */
final class Liveness extends ChannelInboundHandlerAdapter {
    private static final int TICKS = 3;

    private final long tickNanos;
    private final Runnable silent;
    private boolean heard;
    private int silentTicks;
    private @Nullable ScheduledFuture<?> timer;

    /** Watches a connection; {@code silent} is called on its event loop when nothing arrived for so long. */
    Liveness(Duration timeout, Runnable silent) {
        this.tickNanos = Math.max(1, timeout.toNanos() / TICKS);
        this.silent = silent;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        heard = true;
        ctx.fireChannelRead(message);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        // With a fixed delay, a pause of this process counts as one tick and not as many.
        timer = ctx.executor().scheduleWithFixedDelay(() -> tick(ctx), tickNanos, tickNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void tick(ChannelHandlerContext ctx) {
        boolean alive = heard || !ctx.channel().config().isAutoRead();
        silentTicks = alive ? 0 : silentTicks + 1;
        heard = false;
        if (silentTicks >= TICKS) {
            silent.run();
        } else {
            Net.send(ctx, Frame.signal(Frame.PING));
        }
    }
}
