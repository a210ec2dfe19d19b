package dev.coord.recipes.causality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Forms that were written down stay readable: these bytes and texts must never change. */
class FormTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final VectorClock CLOCK = VectorClock.of(Map.of("p", 3L, "q", 300L));

    @Test
    void formsOfVersion1_areThese() {
        VersionVector past = VersionVector.of(Map.of("a", 2L));
        Siblings<byte[]> copy = Siblings.<byte[]>none().put("a", VersionVector.empty(), new byte[] {9});
        IntervalTreeClock tree = IntervalTreeClock.seed().fork().left().event();

        assertThat(HEX.formatHex(new LamportClock(200, "p").toBytes())).isEqualTo("11c8010170");
        assertThat(HEX.formatHex(CLOCK.toBytes())).isEqualTo("210201700301" + "71ac02");
        assertThat(HEX.formatHex(past.toBytes())).isEqualTo("3101016102");
        assertThat(HEX.formatHex(new DottedVersionVector(new Dot("a", 4), past).toBytes()))
                .isEqualTo("41016104" + "01016102");
        assertThat(HEX.formatHex(copy.toBytes(Function.identity()))).isEqualTo("5101016101" + "01" + "0161010109");
        assertThat(HEX.formatHex(new HybridTime(128, 5).toBytes())).isEqualTo("61800105");
        assertThat(HEX.formatHex(tree.toBytes())).isEqualTo("71020100" + "010200");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                 | malformed vector clock at byte 0 of 0: there is nothing",
                "31                 | malformed vector clock at byte 0 of 1: it is of the kind version vector",
                "22                 | malformed vector clock at byte 0 of 1: version 2; this one reads 1",
                "f1                 | malformed vector clock at byte 0 of 1: no kind has the number 15",
                "21                 | malformed vector clock at byte 1 of 1: it ends within a number",
                "2101               | malformed vector clock at byte 1 of 2: a count of 1 where 0 bytes are left",
                "21ffffffffffffffff7f | malformed vector clock at byte 1 of 10: a count of 9223372036854775807 where 0 bytes are left",
                "21ffffffffffffffffff01 | malformed vector clock at byte 1 of 11: a number of more than 63 bits",
                "218000             | malformed vector clock at byte 1 of 3: a number that is longer than it need be",
                "2101017000         | malformed vector clock at byte 2 of 5: p counts nothing and must be left out",
                "210201710101" + "7001 | malformed vector clock at byte 5 of 8: \"p\" after \"q\"; names ascend",
                "2101012d01         | malformed vector clock at byte 2 of 5: a process must be named by 1 to 64 ASCII letters, digits, '.', '_' or '-', a letter or digit first",
                "2101057001         | malformed vector clock at byte 2 of 5: a count of 5 where 2 bytes are left",
                "210101700100       | malformed vector clock at byte 5 of 6: 1 bytes too many",
            },
            quoteCharacter = '\'')
    void malformedBytes_areRefused_sayingWhereAndWhy(String hex, String message) {
        assertThatThrownBy(() -> VectorClock.fromBytes(HEX.parseHex(hex)))
                .isInstanceOf(MalformedClockException.class)
                .hasMessage(message);
    }

    @Test
    void moreEventsThanCanBeCounted_areRefused_whereverTheyAddUp() {
        long most = EventTree.MAX_COUNT;
        IntervalTreeClock last = IntervalTreeClock.parse("1;(" + (most - 1) + ",1,0)");
        assertThat(IntervalTreeClock.fromBytes(last.toBytes())).isEqualTo(last);
        assertThat(last.event()).hasToString("1;" + most);
        assertThatThrownBy(() -> last.event().event())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("more than 4611686018427387903 events");
        for (String text : List.of("1;(" + most + ",1,0)", "1;" + (most + 1), "1;(" + Long.MAX_VALUE + ",0,1)")) {
            assertThatThrownBy(() -> IntervalTreeClock.parse(text))
                    .isInstanceOf(MalformedClockException.class)
                    .hasMessageEndingWith("more than 4611686018427387903 events");
        }
        assertThatThrownBy(() -> IntervalTreeClock.fromBytes(HEX.parseHex("7101" + "ffffffffffffffff7f" + "0200")))
                .isInstanceOf(MalformedClockException.class)
                .hasMessage("malformed interval tree clock at byte 2 of 13: more than 4611686018427387903 events");
    }
}
