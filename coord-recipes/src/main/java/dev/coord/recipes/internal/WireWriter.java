package dev.coord.recipes.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes what processes send to each other or keep in the store: numbers, texts, bytes. */
public final class WireWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /**
     * Begins.
     *
     * @param kind one byte
     */
    public WireWriter(int kind) {
        bytes.write(kind);
    }

    /**
     * Writes a number.
     *
     * @param number any
     * @return this
     */
    public WireWriter number(long number) {
        return rest(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }

    /**
     * Writes a text.
     *
     * @param text any
     * @return this
     */
    public WireWriter text(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes bytes with their length.
     *
     * @param content any
     * @return this
     */
    public WireWriter bytes(byte[] content) {
        return number(content.length).rest(content);
    }

    /**
     * Writes what is read to the end.
     *
     * @param rest any
     * @return this
     */
    public WireWriter rest(byte[] rest) {
        bytes.write(rest, 0, rest.length);
        return this;
    }

    /**
     * Ends.
     *
     * @return what was written
     */
    public byte[] done() {
        return bytes.toByteArray();
    }
}
