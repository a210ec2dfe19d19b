package dev.coord.raft.internal.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes primitive values to growing bytes. Numbers are unsigned LEB128 unless said otherwise. */
public final class Writer {
    private byte[] bytes;
    private int size;

    /** Creates a writer with room for a number of bytes. */
    public Writer(int capacity) {
        bytes = new byte[Math.max(capacity, 16)];
    }

    /** The bytes written so far, copied. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** How many bytes were written. */
    public int size() {
        return size;
    }

    /** Forgets what was written. */
    public void clear() {
        size = 0;
    }

    byte[] buffer() {
        return bytes;
    }

    /** Writes a byte. */
    public Writer putByte(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
        return this;
    }

    /** Writes a boolean as a byte. */
    public Writer putBoolean(boolean value) {
        return putByte(value ? 1 : 0);
    }

    /** Writes a number, taken as unsigned, in one to ten bytes. */
    public Writer putNumber(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        return this;
    }

    /** Writes bytes after their count. */
    public Writer putBytes(byte[] value) {
        putNumber(value.length);
        ensure(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
        return this;
    }

    /** Writes text as UTF-8 bytes after their count. */
    public Writer putText(String value) {
        return putBytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes what another writer holds, after its count of bytes. */
    public Writer putFrame(Writer frame) {
        putNumber(frame.size);
        ensure(frame.size);
        System.arraycopy(frame.bytes, 0, bytes, size, frame.size);
        size += frame.size;
        return this;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
