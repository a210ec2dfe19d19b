package dev.coord.recipes.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SealTest {
    private static final byte[] OLD = "the old key of 24 bytes ".getBytes(UTF_8);
    private static final byte[] NEW = "the new key, also of 28 byte".getBytes(UTF_8);
    private static final byte[] CONTEXT = {1, 2, 3};
    private static final byte[] PAYLOAD = "alive".getBytes(UTF_8);

    private final Seal seal = new Seal(List.of(NEW));

    /** Computed with Python's hmac over 00000003 010203 "alive". */
    @Test
    void sealedDatagram_isTheTagOfRfc2104AndThePayload() {
        assertThat(HexFormat.of().formatHex(seal.seal(CONTEXT, PAYLOAD)))
                .isEqualTo("d21a75c6b5b78e625366c88cfa973db4f4a008712da0f3c15159ecd7a589c151"
                        + HexFormat.of().formatHex(PAYLOAD));
    }

    @Test
    void sealedDatagram_opensInItsContext() {
        assertThat(seal.open(CONTEXT, seal.seal(CONTEXT, PAYLOAD))).hasValue(PAYLOAD);
        assertThat(seal.open(CONTEXT, seal.seal(CONTEXT, new byte[0]))).hasValue(new byte[0]);
    }

    @Test
    void otherContext_doesNotOpen() {
        byte[] sealed = seal.seal(CONTEXT, PAYLOAD);
        assertThat(seal.open(new byte[] {1, 2, 4}, sealed)).isEmpty();
        assertThat(seal.open(new byte[0], sealed)).isEmpty();
    }

    @Test
    void byteMovedFromPayloadToContext_doesNotOpen() {
        byte[] sealed = seal.seal(new byte[] {1, 2}, new byte[] {3, 4});
        byte[] moved = Arrays.copyOf(sealed, sealed.length - 1);
        moved[Seal.OVERHEAD] = 4;
        assertThat(seal.open(new byte[] {1, 2, 3}, moved)).isEmpty();
    }

    @Test
    void everyFlippedBit_doesNotOpen() {
        byte[] sealed = seal.seal(CONTEXT, PAYLOAD);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] forged = sealed.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(seal.open(CONTEXT, forged)).as("bit %d", bit).isEmpty();
        }
    }

    @Test
    void everyTruncationAndExtension_doesNotOpen() {
        byte[] sealed = seal.seal(CONTEXT, PAYLOAD);
        for (int length = 0; length < sealed.length * 2; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThat(seal.open(CONTEXT, cut).isPresent())
                    .as("length %d", length)
                    .isEqualTo(length == sealed.length);
        }
    }

    @Test
    void randomBytes_doNotOpen() {
        Random random = new Random(5);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            assertThat(seal.open(CONTEXT, bytes)).isEmpty();
        }
    }

    @Test
    void rotation_opensBothKeysAndSealsWithTheFirst() {
        Seal before = new Seal(List.of(OLD));
        Seal learning = new Seal(List.of(OLD, NEW));
        Seal moved = new Seal(List.of(NEW, OLD));
        assertThat(learning.seal(CONTEXT, PAYLOAD)).isEqualTo(before.seal(CONTEXT, PAYLOAD));
        assertThat(moved.seal(CONTEXT, PAYLOAD)).isEqualTo(seal.seal(CONTEXT, PAYLOAD));
        assertThat(learning.open(CONTEXT, moved.seal(CONTEXT, PAYLOAD))).hasValue(PAYLOAD);
        assertThat(moved.open(CONTEXT, before.seal(CONTEXT, PAYLOAD))).hasValue(PAYLOAD);
        assertThat(seal.open(CONTEXT, before.seal(CONTEXT, PAYLOAD))).isEmpty();
    }

    @Test
    void keys_areCopied() {
        byte[] mine = NEW.clone();
        Seal own = new Seal(List.of(mine));
        Arrays.fill(mine, (byte) 0);
        assertThat(own.seal(CONTEXT, PAYLOAD)).isEqualTo(seal.seal(CONTEXT, PAYLOAD));
    }

    @Test
    void badKeys_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Seal(List.of()))
                .withMessage("there must be 1 to 8 keys, the first of which signs, but there are 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Seal(Collections.nCopies(9, NEW)))
                .withMessage("there must be 1 to 8 keys, the first of which signs, but there are 9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Seal(List.of(new byte[15])))
                .withMessage("a key of 15 bytes can be guessed; take at least 16 random bytes, 32 are best");
    }
}
