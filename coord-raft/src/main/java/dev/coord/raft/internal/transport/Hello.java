package dev.coord.raft.internal.transport;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * How a peer introduces itself when it connects.
 *
 * @param to whom it believes to have reached: a wrong address must not pass for the right peer
 */
record Hello(String cluster, String from, String to) {
    /** "CoordNet". */
    static final long MAGIC = 0x436f6f72644e6574L;

    static final byte VERSION = 1;
    static final int MAX_NAME_BYTES = 255;
    /** Bounds every frame of the handshake. */
    static final int MAX_BYTES = 4096;

    Frame encode() {
        ByteBuffer body = ByteBuffer.allocate(3 * (1 + MAX_NAME_BYTES));
        for (String name : new String[] {cluster, from, to}) {
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            body.put((byte) bytes.length).put(bytes);
        }
        byte[] exact = new byte[body.flip().remaining()];
        body.get(exact);
        return new Frame(Frame.HELLO, VERSION, MAGIC, exact);
    }

    /** Reads the first frame of a connection; the error says what is wrong with it. */
    static Hello decode(Frame frame) throws TransportException {
        if (frame.type() != Frame.HELLO || frame.id() != MAGIC) {
            throw new TransportException("this is not the protocol of a Coord peer");
        }
        if (frame.code() != VERSION) {
            throw new TransportException(
                    "protocol version " + frame.code() + " is not supported, only version " + VERSION);
        }
        ByteBuffer body = ByteBuffer.wrap(frame.body());
        try {
            return new Hello(name(body), name(body), name(body));
        } catch (BufferUnderflowException e) {
            throw new TransportException("the handshake is cut short", e);
        }
    }

    private static String name(ByteBuffer body) {
        byte[] bytes = new byte[body.get() & 0xff];
        body.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
