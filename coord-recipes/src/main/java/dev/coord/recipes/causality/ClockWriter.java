package dev.coord.recipes.causality;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes binary forms: numbers in base 128, least significant digits first; names and values after their lengths. */
final class ClockWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    ClockWriter(Form form) {
        bytes.write(form.mark());
    }

    /** Writes a number that is not negative, in 1 to 9 bytes. */
    ClockWriter number(long number) {
        long rest = number;
        while (rest > 0x7f) {
            bytes.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
        return this;
    }

    ClockWriter name(String name) {
        return block(name.getBytes(StandardCharsets.US_ASCII));
    }

    ClockWriter block(byte[] block) {
        number(block.length);
        bytes.write(block, 0, block.length);
        return this;
    }

    byte[] done() {
        return bytes.toByteArray();
    }
}
