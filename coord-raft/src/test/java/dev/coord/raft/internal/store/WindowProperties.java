package dev.coord.raft.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** A window against a sorted map, with every version of it kept and looked at again at the end. */
class WindowProperties {

    @Property(tries = 2000)
    void everyVersion_holdsWhatTheModelHeld(@ForAll long seed, @ForAll @LongRange(min = 0, max = 1L << 40) long start) {
        Random random = new Random(seed);
        Map<Window<Long>, NavigableMap<Long, Long>> versions = new LinkedHashMap<>();
        Window<Long> window = Window.startingAt(start);
        NavigableMap<Long, Long> model = new TreeMap<>();
        for (int i = 0; i < 20; i++) {
            versions.put(window, new TreeMap<>(model));
            if (random.nextInt(5) == 0) {
                // Another branch from an old version must not disturb what grows from it besides.
                List<Window<Long>> old = new ArrayList<>(versions.keySet());
                window = old.get(random.nextInt(old.size()));
                model = new TreeMap<>(versions.get(window));
            }
            window = change(window, model, random);
        }
        versions.put(window, model);
        versions.forEach((version, held) -> check(version, held, random));
    }

    private static Window<Long> change(Window<Long> from, NavigableMap<Long, Long> model, Random random) {
        Window.Builder<Long> builder = from.toBuilder();
        for (int i = random.nextInt(random.nextBoolean() ? 5 : 300); i >= 0; i--) {
            if (random.nextInt(3) > 0) {
                long item = random.nextLong();
                model.put(builder.end(), item);
                builder.append(item);
            } else {
                long upTo = builder.end() - 1 - random.nextInt(random.nextBoolean() ? 4 : 400) + random.nextInt(3);
                builder.dropUpTo(upTo);
                model.headMap(upTo, true).clear();
            }
            if (random.nextInt(50) == 0) {
                builder.build();
            }
            long probe = builder.end() - random.nextInt(300);
            assertThat(builder.get(probe)).isEqualTo(model.get(probe));
        }
        return builder.build();
    }

    private static void check(Window<Long> window, NavigableMap<Long, Long> model, Random random) {
        assertThat(window.size()).isEqualTo(model.size());
        long from = window.first() + random.nextInt(200) - 50;
        long to = window.end() - random.nextInt(200) + 50;
        NavigableMap<Long, Long> part = from < to ? model.subMap(from, true, to, false) : new TreeMap<>();
        List<Map.Entry<Long, Long>> ascending = new ArrayList<>();
        window.forEach(from, to, (number, item) -> ascending.add(Map.entry(number, item)));
        assertThat(ascending).containsExactlyElementsOf(part.entrySet());
        List<Map.Entry<Long, Long>> descending = new ArrayList<>();
        window.forEachDescending(from, to, (number, item) -> descending.add(Map.entry(number, item)));
        assertThat(descending).containsExactlyElementsOf(part.descendingMap().entrySet());
        model.forEach((number, item) -> assertThat(window.get(number)).isEqualTo(item));
        assertThat(window.get(window.first() - 1)).isNull();
        assertThat(window.get(window.end())).isNull();
    }
}
