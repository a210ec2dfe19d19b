package dev.coord.recipes.detector;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coord.recipes.internal.Seal;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * A heartbeat as it is sent: {@code 'C' 'H' 'B'}, the version, the length of the sender's id, the id, and the sealed
 * heartbeat. The seal's context is the form with its version, the cluster, the sender and the addressee.
 */
final class Envelope {
    static final int MAX_ID = 64;
    static final int MAX_BYTES = 5 + MAX_ID + Seal.OVERHEAD + Heartbeat.BYTES;

    private static final byte[] MAGIC = {'C', 'H', 'B'};
    private static final byte VERSION = 1;
    private static final int HEADER = MAGIC.length + 2;

    private final byte[] datagram;
    private final int end;

    /** A datagram in which {@link #check} found nothing wrong. */
    Envelope(byte[] datagram) {
        this.datagram = datagram;
        this.end = endOfSender(datagram);
    }

    /** Whom it names as its sender. */
    String sender() {
        return new String(datagram, HEADER, end - HEADER, UTF_8);
    }

    /** The heartbeat, if the seal is good. */
    byte[] sealed() {
        return Arrays.copyOfRange(datagram, end, datagram.length);
    }

    /** What is sealed together with a heartbeat though it is not sent, or not sealed. */
    static byte[] context(String cluster, String sender, String addressee) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(MAGIC);
        bytes.write(VERSION);
        for (String part : new String[] {cluster, sender, addressee}) {
            byte[] text = part.getBytes(UTF_8);
            bytes.write(text.length);
            bytes.writeBytes(text);
        }
        return bytes.toByteArray();
    }

    static byte[] write(byte[] sender, byte[] sealed) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + sender.length + sealed.length);
        bytes.put(MAGIC).put(VERSION).put((byte) sender.length).put(sender).put(sealed);
        return bytes.array();
    }

    /** Why a datagram is not in the form of a heartbeat; empty if it is. */
    static Optional<Refusal> check(byte[] datagram) {
        if (datagram.length > MAX_BYTES) {
            return Optional.of(Refusal.OVERSIZE);
        }
        if (datagram.length < HEADER || !Arrays.equals(datagram, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            return Optional.of(Refusal.MALFORMED);
        }
        if (datagram[MAGIC.length] != VERSION) {
            return Optional.of(Refusal.WRONG_VERSION);
        }
        boolean whole = datagram.length == endOfSender(datagram) + Seal.OVERHEAD + Heartbeat.BYTES;
        return whole ? Optional.empty() : Optional.of(Refusal.MALFORMED);
    }

    private static int endOfSender(byte[] datagram) {
        return HEADER + Byte.toUnsignedInt(datagram[MAGIC.length + 1]);
    }
}
