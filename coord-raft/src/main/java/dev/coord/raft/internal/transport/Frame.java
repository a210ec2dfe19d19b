package dev.coord.raft.internal.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/**
 * What travels over a connection: {@code length:int type:byte code:byte id:long body}, the length counting the body only.
 *
 * @param type one of the constants here
 * @param code the protocol version of a {@link #HELLO}, the kind of a {@link #REQUEST}, the status of a {@link #RESPONSE}
 * @param id {@link Hello#MAGIC}, or the number that a response shares with its request
 */
@SuppressWarnings("ArrayRecordComponent") // the body belongs to one place at a time; frames are not compared
record Frame(byte type, byte code, long id, byte[] body) {
    /** First frame of the side that connects. */
    static final byte HELLO = 1;
    /** The other side's consent. */
    static final byte WELCOME = 2;
    /** Its refusal; the body says why, then the connection is closed. */
    static final byte REFUSED = 3;

    static final byte REQUEST = 4;
    static final byte RESPONSE = 5;
    static final byte PING = 6;
    static final byte PONG = 7;

    /** Status of a response: the body is the handler's answer. */
    static final byte OK = 0;
    /** Status of a response: the body is a message in UTF-8. */
    static final byte FAILED = 1;

    static final int HEADER_BYTES = 14;
    private static final byte[] EMPTY = {};

    static Frame signal(byte type) {
        return new Frame(type, (byte) 0, 0, EMPTY);
    }

    static Frame text(byte type, byte code, long id, String text) {
        return new Frame(type, code, id, text.getBytes(StandardCharsets.UTF_8));
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    ByteBuf encode(ByteBufAllocator allocator) {
        return allocator
                .ioBuffer(HEADER_BYTES + body.length)
                .writeInt(body.length)
                .writeByte(type)
                .writeByte(code)
                .writeLong(id)
                .writeBytes(body);
    }
}
