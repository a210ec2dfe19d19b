package dev.coord.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeysTest {
    /** At every border at which the order of UTF-16 units and of UTF-8 bytes could part. */
    private static final int[] CODE_POINTS = {
        0, 'a', 'b', 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x103FF, 0x10400, 0x10FFFF
    };

    static String randomKey(SplittableRandom random) {
        StringBuilder key = new StringBuilder();
        for (int i = random.nextInt(5); i >= 0; i--) {
            key.appendCodePoint(CODE_POINTS[random.nextInt(CODE_POINTS.length)]);
        }
        return key.toString();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void order_anyTwoKeys_isThatOfTheirUtf8Bytes() {
        SplittableRandom random = new SplittableRandom(1);
        int differsFromJava = 0;
        for (int i = 0; i < 100_000; i++) {
            String a = randomKey(random);
            String b = randomKey(random);
            int expected = Integer.signum(Arrays.compareUnsigned(utf8(a), utf8(b)));
            assertThat(Integer.signum(Keys.compare(a, b))).as("%s and %s", a, b).isEqualTo(expected);
            differsFromJava += expected != Integer.signum(a.compareTo(b)) ? 1 : 0;
        }
        assertThat(differsFromJava).as("pairs that Java orders otherwise").isGreaterThan(2_000);
    }

    @Test
    void utf8Length_anyKey_isThatOfItsBytes() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 10_000; i++) {
            String key = randomKey(random);
            assertThat(Keys.utf8Length(key)).isEqualTo(utf8(key).length);
        }
    }

    @Test
    void check_longestKey_passes_oneByteMoreDoesNot() {
        String longest = "\u00E9".repeat(2_048);
        assertThat(Keys.check(longest)).isSameAs(longest);
        assertThatThrownBy(() -> Keys.check(longest + "a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4097");
        assertThatThrownBy(() -> Keys.check("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void check_loneSurrogate_isRefused() {
        for (String bad : new String[] {"\uD800", "a\uDC00", "\uD83Da", "\uDE00\uD83D", "/x/\uDBFF"}) {
            assertThatThrownBy(() -> Keys.check(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("surrogate");
        }
    }
}
