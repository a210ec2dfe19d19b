package dev.coord.recipes.causality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VectorClockTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}           | {}           | EQUAL",
                "{p:1}        | {p:1}        | EQUAL",
                "{}           | {q:1}        | BEFORE",
                "{p:1}        | {p:2}        | BEFORE",
                "{p:1,r:1}    | {p:1,q:1,r:1} | BEFORE",
                "{p:2}        | {p:1}        | AFTER",
                "{p:1,q:1}    | {q:1}        | AFTER",
                "{p:1}        | {q:1}        | CONCURRENT",
                "{p:2,q:1}    | {p:1,q:2}    | CONCURRENT",
                "{a:1,c:1}    | {b:1,c:2}    | CONCURRENT"
            })
    void compare_looksAtEachEntry_andTakesAMissingOneAsZero(String a, String b, Causality expected) {
        assertThat(VectorClock.parse(a).compare(VectorClock.parse(b))).isEqualTo(expected);
    }

    @Test
    void receipt_knowsWhatTheSenderKnew_andCountsItself() {
        VectorClock sent = VectorClock.empty().tick("p").tick("p");
        VectorClock received = VectorClock.empty().tick("q").receive("q", sent);
        assertThat(received).isEqualTo(VectorClock.of(Map.of("p", 2L, "q", 2L)));
        assertThat(received.get("p")).isEqualTo(2);
        assertThat(received.get("nobody")).isZero();
        assertThat(received.entries()).isEqualTo(Map.of("p", 2L, "q", 2L));
        assertThat(received).hasToString("{p:2,q:2}");
    }

    @Test
    void counterAtItsEnd_isNotTicked() {
        VectorClock last = VectorClock.of(Map.of("p", Long.MAX_VALUE));
        assertThatThrownBy(() -> last.tick("p"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the counter of p is at its end, 9223372036854775807");
        assertThatThrownBy(() -> new LamportClock(Long.MAX_VALUE, "p").tick())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the clock of p is at its end, 9223372036854775807");
        assertThatThrownBy(() -> LamportClock.of("q").receive(new LamportClock(Long.MAX_VALUE, "p")))
                .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-p",
                "p q",
                "p:1",
                "ä",
                "{",
                "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg"
            })
    void nameThatNoPeerMayHave_isRefused(String name) {
        assertThatThrownBy(() -> VectorClock.empty().tick(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a process must be named by 1 to 64");
        assertThatThrownBy(() -> LamportClock.of(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Dot(name, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> VectorClock.of(Map.of(name, 1L))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void countsThatAreNotPositive_areRefused() {
        assertThatThrownBy(() -> VectorClock.of(Map.of("p", 0L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("p counts 0; leave out what counts nothing, the rest is positive");
        assertThatThrownBy(() -> VersionVector.of(Map.of("p", -1L))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LamportClock(-1, "p")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{p:3        | malformed vector clock at character 4 of 4: it ends, where ',' is missing",
                "{p:03}      | malformed vector clock at character 3 of 6: a number with leading zeros",
                "{p:}        | malformed vector clock at character 3 of 4: not a number",
                "{p:3,}      | malformed vector clock at character 5 of 6: a process must be named by 1 to 64 ASCII letters, digits, '.', '_' or '-', a letter or digit first",
                "{q:1,p:1}   | malformed vector clock at character 5 of 9: \"p\" after \"q\"; names ascend",
                "{p:0}       | malformed vector clock at character 1 of 5: p counts nothing and must be left out",
                "{p:9223372036854775808} | malformed vector clock at character 3 of 23: a number of more than 63 bits",
                "{p:3}x      | malformed vector clock at character 5 of 6: 1 characters too many",
                "p:3         | malformed vector clock at character 0 of 3: not '{'"
            },
            quoteCharacter = '`')
    void malformedText_isRefused_sayingWhereAndWhy(String text, String message) {
        assertThatThrownBy(() -> VectorClock.parse(text))
                .isInstanceOf(MalformedClockException.class)
                .hasMessage(message);
    }
}
