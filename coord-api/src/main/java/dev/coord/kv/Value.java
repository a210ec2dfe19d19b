package dev.coord.kv;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Immutable bytes, 0 to {@value #MAX_BYTES} of them. Compared by content, ordered by unsigned bytes.
 */
public final class Value implements Comparable<Value> {
    /** The largest value in bytes, 1 MiB. */
    public static final int MAX_BYTES = 1 << 20;

    /** The value without bytes. */
    public static final Value EMPTY = new Value(new byte[0]);

    private final byte[] bytes;

    private Value(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "value of " + bytes.length + " bytes; the largest is " + MAX_BYTES + ": store a reference instead");
        }
        this.bytes = bytes;
    }

    /**
     * Returns a value holding a copy of the bytes.
     *
     * @param bytes the content
     * @return the value
     * @throws IllegalArgumentException if there are more than {@value #MAX_BYTES} bytes
     */
    public static Value of(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Value(bytes.clone());
    }

    /**
     * Returns a value holding the text as UTF-8.
     *
     * @param text the content
     * @return the value
     * @throws IllegalArgumentException if it takes more than {@value #MAX_BYTES} bytes
     */
    public static Value of(String text) {
        return text.isEmpty() ? EMPTY : new Value(requireNonNull(text).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns the content.
     *
     * @return a copy of the bytes
     */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /**
     * Returns the content without copying it.
     *
     * @return a read-only view of the bytes
     */
    public ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    /**
     * Returns the content decoded as UTF-8, malformed bytes replaced.
     *
     * @return the text
     */
    public String asString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * Returns the number of bytes.
     *
     * @return 0 to {@value #MAX_BYTES}
     */
    public int size() {
        return bytes.length;
    }

    @Override
    public int compareTo(Value other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Value value && Arrays.equals(bytes, value.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Returns the size only: values may be secrets. */
    @Override
    public String toString() {
        return "Value(" + bytes.length + " bytes)";
    }
}
