package dev.coord.raft.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** Long random histories of maps and builders, compared with {@link TreeMap}. */
abstract class PersistentMapContract<K> {

    private record Version<K>(PersistentMap<K, Long> map, TreeMap<K, Long> expected) {}

    /** The order of the keys; the same for all maps. */
    abstract Comparator<K> order();

    /** Returns so many keys in order. */
    abstract List<K> keys(SplittableRandom random, int count);

    private PersistentMap<K, Long> empty() {
        return PersistentMap.empty(order());
    }

    @Property(tries = 60)
    void map_manySingleChanges_matchesTreeMap(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4000) int count) {
        SplittableRandom random = new SplittableRandom(seed);
        List<K> keys = keys(random, count);
        PersistentMap<K, Long> map = empty();
        TreeMap<K, Long> expected = new TreeMap<>(order());
        List<Version<K>> versions = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            K key = any(random, keys);
            // Growing first and shrinking later passes through every height both ways.
            if (random.nextInt(10) < (i < 1800 ? 8 : 1)) {
                map = map.with(key, (long) i);
                expected.put(key, (long) i);
            } else {
                map = map.without(key);
                expected.remove(key);
            }
            if (i % 300 == 0) {
                versions.add(new Version<>(map, new TreeMap<>(expected)));
                map.checkInvariants();
            }
        }
        versions.add(new Version<>(map, expected));
        versions.forEach(version -> assertSame(version.map, version.expected));
    }

    @Property(tries = 60)
    void builder_interleavedBuilds_matchesTreeMapAndLeavesOldMaps(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 10000) int count) {
        SplittableRandom random = new SplittableRandom(seed);
        List<K> keys = keys(random, count);
        PersistentMap.Builder<K, Long> builder = empty().toBuilder();
        TreeMap<K, Long> expected = new TreeMap<>(order());
        List<Version<K>> versions = new ArrayList<>();
        for (int phase = 0; phase < 24; phase++) {
            change(random, builder, expected, keys, phase);
            builder.checkInvariants();
            if (random.nextBoolean()) {
                versions.add(new Version<>(builder.build(), new TreeMap<>(expected)));
            }
            if (random.nextInt(6) == 0 && !versions.isEmpty()) {
                Version<K> restart = versions.get(random.nextInt(versions.size()));
                builder = restart.map.toBuilder();
                expected = new TreeMap<>(restart.expected);
            }
        }
        assertSame(builder, expected);
        versions.forEach(version -> assertSame(version.map, version.expected));
    }

    private static <K> K any(SplittableRandom random, List<K> keys) {
        return keys.get(random.nextInt(keys.size()));
    }

    private void change(
            SplittableRandom random,
            PersistentMap.Builder<K, Long> builder,
            NavigableMap<K, Long> expected,
            List<K> keys,
            int phase) {
        int puts = random.nextInt(11);
        boolean run = random.nextInt(3) == 0;
        int start = random.nextInt(keys.size());
        int changes = random.nextInt(800);
        for (int i = 0; i < changes; i++) {
            K key = run ? keys.get((start + i) % keys.size()) : any(random, keys);
            if (random.nextInt(10) < puts) {
                long value = phase * 1000L + i;
                assertThat(builder.put(key, value)).isEqualTo(expected.put(key, value));
            } else {
                assertThat(builder.remove(key)).isEqualTo(expected.remove(key));
            }
            assertThat(builder.get(key)).isEqualTo(expected.get(key));
        }
    }

    @Property(tries = 200)
    void reads_anyRange_matchTreeMap(@ForAll long seed, @ForAll @IntRange(max = 3000) int entries) {
        SplittableRandom random = new SplittableRandom(seed);
        PersistentMap.Builder<K, Long> builder = empty().toBuilder();
        TreeMap<K, Long> expected = new TreeMap<>(order());
        List<K> keys = keys(random, 2 * entries + 2);
        for (int i = 0; i < entries; i++) {
            K key = any(random, keys);
            builder.put(key, (long) i);
            expected.put(key, (long) i);
        }
        PersistentMap<K, Long> map = builder.build();
        for (int i = 0; i < 60; i++) {
            K key = any(random, keys);
            assertThat(map.floor(key)).isEqualTo(expected.floorEntry(key));
            assertThat(map.lower(key)).isEqualTo(expected.lowerEntry(key));
            assertThat(map.ceiling(key)).isEqualTo(expected.ceilingEntry(key));
            assertThat(map.higher(key)).isEqualTo(expected.higherEntry(key));
            assertThat(map.containsKey(key)).isEqualTo(expected.containsKey(key));
            K from = random.nextInt(5) == 0 ? null : any(random, keys);
            K to = random.nextInt(5) == 0 ? null : any(random, keys);
            assertRange(map, expected, from, to, random.nextInt(1, entries + 2));
        }
    }

    private void assertRange(
            SortedView<K, Long> map, NavigableMap<K, Long> all, @Nullable K from, @Nullable K to, int limit) {
        NavigableMap<K, Long> expected = all;
        expected = from == null ? expected : expected.tailMap(from, true);
        if (from != null && to != null && order().compare(from, to) >= 0) {
            expected = new TreeMap<>(order());
        } else {
            expected = to == null ? expected : expected.headMap(to, false);
        }
        assertThat(map.count(from, to)).isEqualTo(expected.size());
        assertThat(entries(map, from, to, limit, false)).isEqualTo(firstOf(expected, limit));
        assertThat(entries(map, from, to, limit, true)).isEqualTo(firstOf(expected.descendingMap(), limit));
    }

    private static <K> List<Map.Entry<K, Long>> firstOf(Map<K, Long> map, int limit) {
        return map.entrySet().stream().limit(limit).toList();
    }

    private static <K> List<Map.Entry<K, Long>> entries(
            SortedView<K, Long> map, @Nullable K from, @Nullable K to, int limit, boolean descending) {
        List<Map.Entry<K, Long>> found = new ArrayList<>();
        SortedView.Visitor<K, Long> visitor = (key, value) -> {
            found.add(Map.entry(key, value));
            return found.size() < limit;
        };
        boolean complete = descending ? map.forEachDescending(from, to, visitor) : map.forEach(from, to, visitor);
        assertThat(complete).isEqualTo(found.size() < limit);
        return found;
    }

    private static <K> void assertSame(SortedView<K, Long> map, NavigableMap<K, Long> expected) {
        map.checkInvariants();
        assertThat(map.size()).isEqualTo(expected.size());
        assertThat(map.isEmpty()).isEqualTo(expected.isEmpty());
        assertThat(map.firstKey()).isEqualTo(expected.isEmpty() ? null : expected.firstKey());
        assertThat(map.lastKey()).isEqualTo(expected.isEmpty() ? null : expected.lastKey());
        assertThat(entries(map, null, null, Integer.MAX_VALUE, false)).isEqualTo(List.copyOf(expected.entrySet()));
    }
}
