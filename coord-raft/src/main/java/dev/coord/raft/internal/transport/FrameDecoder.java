package dev.coord.raft.internal.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the stream into frames. A body is filled in place as its bytes arrive, so a large one is copied once; its length
 * is checked before anything is allocated, and kept small until the other side has introduced itself.
 */
final class FrameDecoder extends ChannelInboundHandlerAdapter {
    private final byte[] header = new byte[Frame.HEADER_BYTES];
    private int headerFilled;
    private int maxBody = Hello.MAX_BYTES;
    private byte @Nullable [] body;
    private int bodyFilled;
    private boolean broken;

    /** Raises the limit once the handshake is done. */
    void allow(int maxBodyBytes) {
        maxBody = maxBodyBytes;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            while (!broken && bytes.isReadable()) {
                decode(ctx, bytes);
            }
        } finally {
            bytes.release();
        }
    }

    private void decode(ChannelHandlerContext ctx, ByteBuf bytes) {
        byte[] filling = body != null ? body : readHeader(ctx, bytes);
        if (filling == null) {
            return;
        }
        int count = Math.min(bytes.readableBytes(), filling.length - bodyFilled);
        bytes.readBytes(filling, bodyFilled, count);
        bodyFilled += count;
        if (bodyFilled < filling.length) {
            body = filling;
            return;
        }
        body = null;
        bodyFilled = 0;
        headerFilled = 0;
        ctx.fireChannelRead(new Frame(header[4], header[5], number(6, 8), filling));
    }

    private byte @Nullable [] readHeader(ChannelHandlerContext ctx, ByteBuf bytes) {
        int count = Math.min(bytes.readableBytes(), header.length - headerFilled);
        bytes.readBytes(header, headerFilled, count);
        headerFilled += count;
        if (headerFilled < header.length) {
            return null;
        }
        long length = number(0, 4);
        if (length > maxBody) {
            broken = true;
            ctx.fireExceptionCaught(new TransportException(
                    "a frame of " + length + " bytes, where at most " + maxBody + " are allowed"));
            return null;
        }
        return new byte[(int) length];
    }

    private long number(int from, int count) {
        long value = 0;
        for (int i = from; i < from + count; i++) {
            value = (value << 8) | (header[i] & 0xff);
        }
        return value;
    }
}
