package dev.coord.recipes.broadcast;

import dev.coord.recipes.causality.LamportClock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads what a {@link WireWriter} wrote; refuses what is too short with an {@link IllegalArgumentException}. */
final class WireReader {
    private static final long LATEST = 1L << 62;

    private final ByteBuffer bytes;

    WireReader(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    int kind() {
        need(1);
        return bytes.get();
    }

    long number() {
        need(Long.BYTES);
        return bytes.getLong();
    }

    /** A stamp of a member; none is so late that the clock of who hears it could not go on. */
    LamportClock stamp(String member) {
        long time = number();
        if (time < 0 || time > LATEST) {
            throw new IllegalArgumentException("a stamp of " + member + " at " + time + "; none is beyond " + LATEST);
        }
        return new LamportClock(time, member);
    }

    String text() {
        long length = number();
        if (length < 0 || length > bytes.remaining()) {
            throw new IllegalArgumentException(
                    "a text of " + length + " bytes where " + bytes.remaining() + " are left");
        }
        return new String(take((int) length), StandardCharsets.UTF_8);
    }

    byte[] rest() {
        return take(bytes.remaining());
    }

    private byte[] take(int length) {
        byte[] taken = new byte[length];
        bytes.get(taken);
        return taken;
    }

    private void need(int length) {
        if (bytes.remaining() < length) {
            throw new IllegalArgumentException("a message that ends too soon");
        }
    }

    static IllegalArgumentException unknown(int kind) {
        return new IllegalArgumentException(
                "a message of the unknown kind " + kind + ": the members run other versions");
    }
}
