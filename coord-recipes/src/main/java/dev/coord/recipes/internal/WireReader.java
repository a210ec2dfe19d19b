package dev.coord.recipes.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads what a {@link WireWriter} wrote; refuses what is too short with an {@link IllegalArgumentException}. */
public final class WireReader {
    private final ByteBuffer bytes;

    /**
     * Reads from the beginning.
     *
     * @param bytes not copied
     */
    public WireReader(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    /**
     * Reads a kind.
     *
     * @return one byte
     */
    public int kind() {
        need(1);
        return bytes.get();
    }

    /**
     * Reads a number.
     *
     * @return any
     */
    public long number() {
        need(Long.BYTES);
        return bytes.getLong();
    }

    /**
     * Reads a text.
     *
     * @return any, perhaps empty
     */
    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    private int length() {
        long length = number();
        if (length < 0 || length > bytes.remaining()) {
            throw new IllegalArgumentException(
                    "a text of " + length + " bytes where " + bytes.remaining() + " are left");
        }
        return (int) length;
    }

    /**
     * Reads bytes that were written with their length.
     *
     * @return the bytes
     */
    public byte[] bytes() {
        return take(length());
    }

    /**
     * Reads to the end.
     *
     * @return what is left
     */
    public byte[] rest() {
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
}
