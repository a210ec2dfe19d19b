package dev.coord.recipes.detector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.recipes.detector.Heartbeat.Stamp;
import dev.coord.recipes.internal.Seal;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
    private static final Seal SEAL = new Seal(List.of(Members.KEY));

    private static byte[] write(String cluster, String from, String to, Heartbeat heartbeat) {
        return Envelope.write(
                from.getBytes(UTF_8), SEAL.seal(Envelope.context(cluster, from, to), heartbeat.toBytes()));
    }

    /** Computed with Python's hmac after the table in docs/detectors.md. */
    @Test
    void datagram_hasTheDocumentedForm() {
        Heartbeat heartbeat = new Heartbeat(new Stamp(7, 42), new Stamp(3, 1000));
        assertThat(HexFormat.of().formatHex(write("billing", "n1", "né", heartbeat)))
                .isEqualTo("43484201026e31bc5c9ed8688aa67a0de208f551e119099be5c9340ae124c8f7df649c61206a58"
                        + "0000000000000007000000000000002a000000000000000300000000000003e8");
    }

    @Property(tries = 300)
    void whatWasWritten_isReadByItsAddresseeAlone(
            @ForAll @AlphaChars @StringLength(min = 1, max = 64) String from,
            @ForAll @AlphaChars @StringLength(min = 1, max = 64) String to,
            @ForAll long incarnation,
            @ForAll long sequence) {
        Heartbeat heartbeat = new Heartbeat(new Stamp(incarnation, sequence), new Stamp(sequence, incarnation));
        byte[] datagram = write("c", from, to, heartbeat);
        assertThat(datagram.length).isLessThanOrEqualTo(Envelope.MAX_BYTES);
        assertThat(Envelope.check(datagram)).isEmpty();
        Envelope envelope = new Envelope(datagram);
        assertThat(envelope.sender()).isEqualTo(from);
        assertThat(SEAL.open(Envelope.context("c", from, to), envelope.sealed()).map(Heartbeat::of))
                .hasValue(heartbeat);
        assertThat(SEAL.open(Envelope.context("c", from, to + "x"), envelope.sealed()))
                .isEmpty();
        assertThat(SEAL.open(Envelope.context("c", to + from, to), envelope.sealed()))
                .isEmpty();
    }

    @Property(tries = 2_000)
    void anyBytes_areCheckedWithoutAnException(@ForAll @Size(max = 200) byte[] bytes) {
        assertThat(Envelope.check(bytes)).isPresent();
    }

    /** The right beginning, and then anything: what passes the check can be taken apart. */
    @Property(tries = 2_000)
    void anyBytesAfterTheMagic_areCheckedAndTakenApartWithoutAnException(@ForAll @Size(max = 200) byte[] bytes) {
        byte[] datagram = bytes.clone();
        byte[] magic = {'C', 'H', 'B', 1};
        System.arraycopy(magic, 0, datagram, 0, Math.min(4, datagram.length));
        if (datagram.length >= 69) {
            datagram = Arrays.copyOf(datagram, 69 + Math.min(64, Byte.toUnsignedInt(datagram[4])));
        }
        if (Envelope.check(datagram).isEmpty()) {
            Envelope envelope = new Envelope(datagram);
            assertThat(envelope.sender()).isNotNull();
            assertThat(envelope.sealed()).hasSize(64);
        }
    }

    @Test
    void stamps_areOrderedByIncarnationFirst() {
        assertThat(new Stamp(2, 1)).isGreaterThan(new Stamp(1, 9)).isLessThan(new Stamp(2, 2));
        assertThat(Stamp.NONE).isLessThan(new Stamp(1, 1));
    }
}
