package dev.coord.recipes.broadcast;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes what members send to each other. */
final class WireWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    WireWriter(int kind) {
        bytes.write(kind);
    }

    WireWriter number(long number) {
        return rest(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }

    WireWriter text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return number(utf8.length).rest(utf8);
    }

    /** Writes what is read to the end. */
    WireWriter rest(byte[] rest) {
        bytes.write(rest, 0, rest.length);
        return this;
    }

    byte[] done() {
        return bytes.toByteArray();
    }
}
