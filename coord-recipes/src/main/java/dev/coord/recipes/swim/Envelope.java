package dev.coord.recipes.swim;

import dev.coord.recipes.internal.Seal;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Seals datagrams for a group, if it has a key. */
final class Envelope {
    private static final String PROTOCOL = "coord-swim/1/";

    private final @Nullable Seal seal;
    private final byte[] context;

    Envelope(@Nullable Seal seal, String group) {
        this.seal = seal;
        this.context = (PROTOCOL + group).getBytes(StandardCharsets.UTF_8);
    }

    int overhead() {
        return seal == null ? 0 : Seal.OVERHEAD;
    }

    byte[] close(byte[] message) {
        return seal == null ? message : seal.seal(context, message);
    }

    Optional<byte[]> open(byte[] datagram) {
        return seal == null ? Optional.of(datagram) : seal.open(context, datagram);
    }
}
