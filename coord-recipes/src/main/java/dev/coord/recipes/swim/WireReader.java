package dev.coord.recipes.swim;

/**
 * Reads a message. What cannot be read makes it fail, once and for all, instead of throwing: from then on it returns zeros, and
 * whoever reads asks at the end.
 */
final class WireReader {
    private static final int GROUP = 7;

    private byte[] bytes = new byte[0];
    private int position;
    private boolean fine;

    void open(byte[] message) {
        bytes = message;
        position = 0;
        fine = true;
    }

    byte[] bytes() {
        return bytes;
    }

    boolean isFine() {
        return fine;
    }

    boolean hasMore() {
        return fine && position < bytes.length;
    }

    void check(boolean condition) {
        fine &= condition;
    }

    int octet() {
        return has(1) ? bytes[position++] & 0xff : 0;
    }

    long fixed() {
        if (!has(Long.BYTES)) {
            return 0;
        }
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = (value << Byte.SIZE) | (bytes[position++] & 0xff);
        }
        return value;
    }

    /** A number from 0 to {@link WireWriter#MAX_NUMBER}, seven bits in a byte, the lowest first. */
    long number() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += GROUP) {
            int octet = octet();
            value |= (long) (octet & 0x7f) << shift;
            if (octet < 0x80) {
                check(value >= 0 && value <= WireWriter.MAX_NUMBER);
                return fine ? value : 0;
            }
        }
        fine = false;
        return 0;
    }

    int length(int least, int most) {
        int length = octet();
        check(length >= least && length <= most);
        return fine ? length : 0;
    }

    int longLength(int most) {
        int length = (octet() << Byte.SIZE) | octet();
        check(length <= most);
        return fine ? length : 0;
    }

    /** Goes on by a length, and returns where it was. */
    int skip(int length) {
        int at = position;
        if (has(length)) {
            position += length;
        }
        return at;
    }

    private boolean has(int length) {
        fine &= bytes.length - position >= length;
        return fine;
    }
}
