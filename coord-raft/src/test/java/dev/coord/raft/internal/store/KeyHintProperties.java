package dev.coord.raft.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Keys;
import java.util.Comparator;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class KeyHintProperties {
    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of(KeyOrderProperties.LETTERS)
                .list()
                .ofMaxSize(6)
                .map(letters -> letters.stream().collect(Collectors.joining()));
    }

    @Property(tries = 10000)
    void hints_afterASharedPrefix_neverContradictTheOrder(
            @ForAll("texts") String prefix, @ForAll("texts") String first, @ForAll("texts") String second) {
        String a = prefix + first;
        String b = prefix + second;
        int shared = KeyHint.sharedPrefix(a, b);
        int order = Integer.signum(Keys.compare(a, b));

        // The shared prefix may end within a pair of surrogates.
        for (int length = 0; length <= shared; length++) {
            int hinted = Integer.compare(KeyHint.of(a, length), KeyHint.of(b, length));
            assertThat(hinted).isIn(0, order);
        }
    }

    @Property(tries = 10000)
    void sharedPrefix_anyKeys_isTheLongest(@ForAll("texts") String prefix, @ForAll("texts") String suffix) {
        String key = prefix + suffix;

        assertThat(KeyHint.sharedPrefix(key, prefix)).isEqualTo(prefix.length());
        assertThat(KeyHint.sharedPrefix(key + "y", key + "z")).isEqualTo(key.length());
        assertThat(KeyHint.sharePrefix(key, prefix, prefix.length())).isTrue();
        assertThat(KeyHint.sharePrefix(key + "y", key + "z", key.length() + 1)).isFalse();
        assertThat(KeyHint.sharePrefix(prefix, key, prefix.length() + 1)).isFalse();
    }

    @Example
    void hints_soonDifferentCharacters_tellKeysApart() {
        assertThat(KeyHint.of("abc1", 0)).isLessThan(KeyHint.of("abc2", 0));
        assertThat(KeyHint.of("abc", 0)).isLessThan(KeyHint.of("abca", 0));
        assertThat(KeyHint.of("\u670d", 0)).isLessThan(KeyHint.of("\u670e", 0));
        assertThat(KeyHint.of("\uffff", 0)).isLessThan(KeyHint.of("\ud800\udc00", 0));
        assertThat(KeyHint.of("a", 1)).isEqualTo(KeyHint.of("", 0)).isLessThan(KeyHint.of("\u0001", 0));
    }

    @Example
    void fits_onlyTheOrderOfKeys() {
        assertThat(KeyHint.fits(Keys.ORDER)).isTrue();
        assertThat(KeyHint.fits(Comparator.<String>naturalOrder())).isFalse();
    }
}
