package dev.coord.raft.internal.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what a {@link Writer} wrote. Every length is checked before anything is allocated. */
public final class Reader {
    private final byte[] bytes;
    private final int end;
    private int position;

    /** Creates a reader of all the bytes. */
    public Reader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private Reader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
    }

    /** Whether everything was read. */
    public boolean atEnd() {
        return position == end;
    }

    /** Reads a byte. */
    public int getByte() {
        need(1);
        return bytes[position++];
    }

    /** Reads a boolean. */
    public boolean getBoolean() {
        int value = getByte();
        if (value != 0 && value != 1) {
            throw new CodecException("byte " + value + " is not a boolean");
        }
        return value == 1;
    }

    /** Reads a number. */
    public long getNumber() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int next = getByte();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new CodecException("number of more than ten bytes");
    }

    /** Reads a count of items that take a byte each at least. */
    public int getCount() {
        long count = getNumber();
        if (count < 0 || count > end - position) {
            throw new CodecException("count " + count + " in front of " + (end - position) + " bytes");
        }
        return (int) count;
    }

    /** Reads bytes. */
    public byte[] getBytes() {
        int count = getCount();
        byte[] value = Arrays.copyOfRange(bytes, position, position + count);
        position += count;
        return value;
    }

    /** Reads text. */
    public String getText() {
        int count = getCount();
        String value = new String(bytes, position, count, StandardCharsets.UTF_8);
        position += count;
        return value;
    }

    /** Returns a reader of the frame that follows, and skips it. */
    public Reader getFrame() {
        int count = getCount();
        Reader frame = new Reader(bytes, position, position + count);
        position += count;
        return frame;
    }

    private void need(int count) {
        if (end - position < count) {
            throw new CodecException("ends " + (count - (end - position)) + " bytes too early");
        }
    }
}
