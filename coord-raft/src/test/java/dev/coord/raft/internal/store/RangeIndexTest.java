package dev.coord.raft.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.KeyRange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RangeIndexTest {

    private static <T> List<T> matching(RangeIndex<T> index, String key) {
        List<T> found = new ArrayList<>();
        index.forEachMatching(key, found::add);
        return found;
    }

    @Test
    void matching_unboundedAndPrefixAndKey_findsAll() {
        RangeIndex<String> index = new RangeIndex<>();
        index.add(KeyRange.all(), "all");
        index.add(KeyRange.prefix("/a/"), "prefix");
        index.add(KeyRange.key("/a/1"), "key");
        index.add(KeyRange.between("/b", "/c"), "other");

        assertThat(matching(index, "/a/1")).containsExactlyInAnyOrder("all", "prefix", "key");
        assertThat(matching(index, "/a/2")).containsExactlyInAnyOrder("all", "prefix");
        assertThat(matching(index, "/c")).containsExactly("all");
    }

    @Test
    void remove_oneOfSeveralWithTheRange_leavesTheOthers() {
        RangeIndex<String> index = new RangeIndex<>();
        for (KeyRange range : List.of(KeyRange.key("k"), KeyRange.prefix("k"))) {
            index.add(range, "one");
            index.add(range, "two");
            index.remove(range, "one");
            assertThat(index.remove(range, "absent")).isFalse();
        }

        assertThat(index.size()).isEqualTo(2);
        assertThat(matching(index, "k")).containsExactly("two", "two");
    }

    @Test
    void remove_rangeNeverAdded_changesNothing() {
        RangeIndex<String> index = new RangeIndex<>();
        index.add(KeyRange.key("k"), "item");

        assertThat(index.remove(KeyRange.prefix("k"), "item")).isFalse();
        assertThat(index.remove(KeyRange.key("l"), "item")).isFalse();
        assertThat(index.size()).isOne();
    }

    @Test
    void height_manyRangesAddedInOrder_staysLogarithmic() {
        RangeIndex<Integer> index = new RangeIndex<>();
        for (int i = 0; i < 100_000; i++) {
            index.add(KeyRange.prefix("/app/%06d/".formatted(i)), i);
        }

        assertThat(index.checkInvariants()).isLessThan(60);
        assertThat(matching(index, "/app/004711/x")).containsExactly(4711);
    }
}
