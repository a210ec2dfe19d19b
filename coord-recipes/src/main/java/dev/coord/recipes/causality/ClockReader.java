package dev.coord.recipes.causality;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what a {@link ClockWriter} writes, and nothing else. Allocates no more than it was given. */
final class ClockReader {
    private final Form form;
    private final byte[] bytes;
    private int at;

    ClockReader(Form form, byte[] bytes) {
        this.form = form;
        this.bytes = bytes;
        if (bytes.length == 0) {
            throw malformed(0, "there is nothing");
        }
        String objection = form.objection(bytes[at++]);
        if (objection != null) {
            throw malformed(0, objection);
        }
    }

    int at() {
        return at;
    }

    /** Reads a number of up to 63 bits in its shortest form. */
    long number() {
        int start = at;
        long number = 0;
        for (int shift = 0; shift < Long.SIZE - 1; shift += 7) {
            if (at == bytes.length) {
                throw malformed(at, "it ends within a number");
            }
            byte digit = bytes[at++];
            number |= (digit & 0x7fL) << shift;
            if (digit >= 0) {
                if (digit == 0 && shift > 0) {
                    throw malformed(start, "a number that is longer than it need be");
                }
                return number;
            }
        }
        throw malformed(start, "a number of more than 63 bits");
    }

    /** Reads a number that counts things yet to come, each of so many bytes at least. */
    int count(int leastBytes) {
        int start = at;
        long count = number();
        int left = bytes.length - at;
        if (count > left / leastBytes) {
            throw malformed(start, "a count of " + count + " where " + left + " bytes are left");
        }
        return (int) count;
    }

    byte[] block() {
        int length = count(1);
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    String name() {
        int start = at;
        String name = new String(block(), StandardCharsets.ISO_8859_1);
        String objection = Names.objection(name);
        if (objection != null) {
            throw malformed(start, objection);
        }
        return name;
    }

    /** Makes sure that nothing follows. */
    void end() {
        if (at < bytes.length) {
            throw malformed(at, (bytes.length - at) + " bytes too many");
        }
    }

    MalformedClockException malformed(int offset, String why) {
        return new MalformedClockException(form, "byte", offset, bytes.length, why);
    }
}
