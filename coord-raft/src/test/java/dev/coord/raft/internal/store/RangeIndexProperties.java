package dev.coord.raft.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.KeyRange;
import dev.coord.kv.Keys;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Random histories of the index, compared with a list of all pairs. */
class RangeIndexProperties {
    private static final String[] UNITS = {"a", "b", "/", "\u00E9", "\uFFFD", "\uD83D\uDE00", "\u0000"};

    private record Item(KeyRange range, int id) {}

    @Property(tries = 60)
    void index_randomChanges_matchesBruteForce(@ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int target) {
        SplittableRandom random = new SplittableRandom(seed);
        RangeIndex<Integer> index = new RangeIndex<>();
        List<Item> expected = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            if (random.nextInt(2 * target) >= expected.size()) {
                Item item = new Item(range(random), random.nextInt(6));
                boolean isNew = !expected.contains(item);
                assertThat(index.add(item.range, item.id)).isEqualTo(isNew);
                if (isNew) {
                    expected.add(item);
                }
            } else {
                Item item = expected.remove(random.nextInt(expected.size()));
                assertThat(index.remove(item.range, item.id)).isTrue();
                assertThat(index.remove(item.range, item.id)).isFalse();
            }
            assertMatches(index, expected, key(random));
            if (i % 50 == 0) {
                index.checkInvariants();
            }
        }
        List.copyOf(expected).forEach(item -> index.remove(item.range, item.id));
        assertThat(index.size()).isZero();
        assertThat(index.checkInvariants()).isZero();
    }

    private static void assertMatches(RangeIndex<Integer> index, List<Item> expected, String key) {
        List<Integer> found = new ArrayList<>();
        index.forEachMatching(key, found::add);
        List<Integer> matching = expected.stream()
                .filter(item -> item.range.contains(key))
                .map(Item::id)
                .toList();
        assertThat(found).containsExactlyInAnyOrderElementsOf(matching);
        assertThat(index.size()).isEqualTo(expected.size());
    }

    private static String key(SplittableRandom random) {
        StringBuilder key = new StringBuilder();
        int length = random.nextInt(1, 4);
        for (int i = 0; i < length; i++) {
            key.append(UNITS[random.nextInt(UNITS.length)]);
        }
        return key.toString();
    }

    private static KeyRange range(SplittableRandom random) {
        String from = key(random);
        String to = key(random);
        return switch (random.nextInt(6)) {
            case 0, 1 -> KeyRange.key(from);
            case 2 -> KeyRange.prefix(from);
            case 3 -> new KeyRange(random.nextBoolean() ? "" : from, null);
            default -> {
                int order = Keys.compare(from, to);
                yield order == 0 ? KeyRange.key(from) : new KeyRange(order < 0 ? from : to, order < 0 ? to : from);
            }
        };
    }
}
