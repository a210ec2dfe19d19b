package dev.coord.raft.internal.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the first bytes of an inbound connection, so that TLS spoken to a plaintext port and the reverse get a clear
 * answer. Our own first frame is shorter than 16 MiB, so it begins with a zero and is never taken for TLS.
 */
final class PortGuard extends ByteToMessageDecoder {
    private static final int TLS_HANDSHAKE = 0x16;
    private static final int TLS_MAJOR = 0x03;

    private final @Nullable Tls tls;
    private boolean refused;

    PortGuard(@Nullable Tls tls) {
        this.tls = tls;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (refused) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (in.readableBytes() < 2) {
            return;
        }
        int start = in.readerIndex();
        boolean encrypted = in.getUnsignedByte(start) == TLS_HANDSHAKE && in.getUnsignedByte(start + 1) == TLS_MAJOR;
        if (encrypted == (tls != null)) {
            pass(ctx);
        } else {
            refused = true;
            in.skipBytes(in.readableBytes());
            ctx.fireExceptionCaught(
                    new TransportException(encrypted ? "this port does not speak TLS" : "this port speaks TLS only"));
        }
    }

    private void pass(ChannelHandlerContext ctx) {
        if (tls != null) {
            ctx.pipeline().addAfter(ctx.name(), null, tls.serverHandler());
        }
        // Hands the bytes read so far to the next handler.
        ctx.pipeline().remove(this);
    }
}
