package dev.coord.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeyRangeTest {

    @Test
    void prefix_anyPrefixAndKey_holdsWhatStartsWithIt() {
        SplittableRandom random = new SplittableRandom(3);
        int inside = 0;
        for (int i = 0; i < 200_000; i++) {
            String prefix = KeysTest.randomKey(random);
            String key = random.nextBoolean() ? prefix + KeysTest.randomKey(random) : KeysTest.randomKey(random);
            boolean contains = KeyRange.prefix(prefix).contains(key);
            assertThat(contains).as("%s in prefix %s", key, prefix).isEqualTo(key.startsWith(prefix));
            inside += contains ? 1 : 0;
        }
        assertThat(inside).isBetween(50_000, 190_000);
    }

    @Test
    void prefix_atTheBordersOfUnicode_endsAtTheNextCodePoint() {
        assertThat(KeyRange.prefix("/a\uD7FF").to()).isEqualTo("/a\uE000");
        assertThat(KeyRange.prefix("/a\uFFFF").to()).isEqualTo("/a\uD800\uDC00");
        assertThat(KeyRange.prefix("/a\uDBFF\uDFFF").to()).isEqualTo("/b");
        assertThat(KeyRange.prefix("\uDBFF\uDFFF").to()).isNull();
        assertThat(KeyRange.prefix("\uDBFF\uDFFF\uDBFF\uDFFF").to()).isNull();
    }

    @Test
    void key_anyKey_holdsItAlone() {
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 50_000; i++) {
            String key = KeysTest.randomKey(random);
            String other = random.nextBoolean() ? key + '\0' : KeysTest.randomKey(random);
            KeyRange range = KeyRange.key(key);
            assertThat(range.isSingleKey()).isTrue();
            assertThat(range.contains(key)).isTrue();
            assertThat(range.contains(other)).isEqualTo(other.equals(key));
        }
    }

    @Test
    void key_longest_makesARange() {
        String longest = "a".repeat(Keys.MAX_BYTES);
        assertThat(KeyRange.key(longest).contains(longest)).isTrue();
        assertThat(KeyRange.prefix(longest).contains(longest)).isTrue();
    }

    @Test
    void prefix_longestWhoseNextCodePointTakesMoreBytes_makesARange() {
        for (String last : new String[] {"\u007F", "\u07FF", "\uFFFF"}) {
            String prefix = "a".repeat(Keys.MAX_BYTES - Keys.utf8Length(last)) + last;
            assertThat(KeyRange.prefix(prefix).contains(prefix)).isTrue();
        }
    }

    @Test
    void between_emptyOrReversed_isRefused() {
        assertThatThrownBy(() -> KeyRange.between("b", "a")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> KeyRange.between("a", "a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty range");
        assertThatThrownBy(() -> KeyRange.between("\uD83D\uDE00", "\uFFFD"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void overlaps_neighbours_doNot() {
        assertThat(KeyRange.between("a", "b").overlaps(KeyRange.between("b", "c")))
                .isFalse();
        assertThat(KeyRange.between("a", "c").overlaps(KeyRange.between("b", "d")))
                .isTrue();
        assertThat(KeyRange.all().overlaps(KeyRange.key("x"))).isTrue();
        assertThat(KeyRange.key("x").overlaps(KeyRange.key("x\0"))).isFalse();
    }
}
