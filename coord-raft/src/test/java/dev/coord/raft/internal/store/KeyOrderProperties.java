package dev.coord.raft.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Keys;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class KeyOrderProperties {
    /** Letters at the edges of every rule about units, each well-formed text. */
    static final List<String> LETTERS = List.of(
            "\0",
            "a",
            "b",
            "/",
            "\u007f",
            "\u00e4",
            "\u00fe",
            "\u00ff",
            "\u0100",
            "\ud7ff",
            "\ue000",
            "\uffff",
            "\ud800\udc00",
            "\ud800\udc01",
            "\udbff\udfff");

    @Provide
    Arbitrary<String> keys() {
        return Arbitraries.of(LETTERS)
                .list()
                .ofMaxSize(4)
                .map(letters -> letters.stream().collect(Collectors.joining()));
    }

    @Property(tries = 5000)
    @SuppressWarnings("unchecked")
    void orderAroundAKey_agreesWithTheOrderOfKeys(@ForAll("keys") String a, @ForAll("keys") String b) {
        Comparator<Object> order = (Comparator<Object>) (Comparator<?>) Keys.ORDER;
        int expected = Integer.signum(Keys.compare(a, b));
        assertThat(Integer.signum(KeyOrder.around(a, order).compare(a, b))).isEqualTo(expected);
        assertThat(Integer.signum(KeyOrder.around(b, order).compare(a, b))).isEqualTo(expected);
    }
}
