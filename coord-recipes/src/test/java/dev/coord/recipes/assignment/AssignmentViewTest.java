package dev.coord.recipes.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Entry;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Value;
import dev.coord.watch.WatchEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AssignmentViewTest {
    private static final AssignmentPath PATH = new AssignmentPath("/work");
    private static final List<String> KEYS = List.of(
            "/work/m/a",
            "/work/m/b",
            "/work/n",
            "/work/o",
            "/work/o/1",
            "/work/o/2",
            "/work/s/x",
            "/work/t/1",
            "/work/t/2");
    private static final List<String> TEXTS = List.of(
            "1-1 3 5.ab joined",
            "1-1 3 joined",
            "1-1 3 5.ab leaving",
            "7 a",
            "7 b",
            "1-1 a",
            "",
            "nonsense",
            "x y 5.ab joined",
            "1-1 0 5.ab joined",
            "-5 a");

    private final AssignmentView view = new AssignmentView(PATH);

    private static Entry entry(String key, String text, long revision) {
        return new Entry(key, Value.of(text), revision, revision, 1, 0);
    }

    private static String describe(AssignmentView view) {
        return view.revision() + " " + view.members() + view.targets() + view.owner("1") + view.owner("2");
    }

    @Test
    void view_ofEventsOrReadsInAnyMix_isThatOfTheState() {
        for (int seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            AssignmentView mixed = new AssignmentView(PATH);
            Map<String, Entry> state = new TreeMap<>();
            List<List<WatchEvent>> history = new ArrayList<>();
            int told = 0;
            for (long revision = 1; revision <= 40; revision++) {
                String key = KEYS.get(random.nextInt(KEYS.size()));
                Entry after =
                        random.nextInt(3) == 0 ? null : entry(key, TEXTS.get(random.nextInt(TEXTS.size())), revision);
                if (after == null) {
                    state.remove(key);
                } else {
                    state.put(key, after);
                }
                WatchEvent.Kind kind = after == null ? WatchEvent.Kind.DELETE : WatchEvent.Kind.PUT;
                history.add(List.of(new WatchEvent(kind, key, after, null)));
                // The watch may be behind a read.
                if (random.nextInt(4) == 0) {
                    mixed.reset(new RangeResult(revision, List.copyOf(state.values()), state.size()));
                }
                while (told < history.size() && random.nextInt(3) > 0) {
                    mixed.apply(told + 1, history.get(told++));
                }
            }
            while (told < history.size()) {
                mixed.apply(told + 1, history.get(told++));
            }
            AssignmentView whole = new AssignmentView(PATH);
            whole.reset(new RangeResult(40, List.copyOf(state.values()), state.size()));
            assertThat(describe(mixed)).isEqualTo(describe(whole));
        }
    }

    @Test
    void rebalancing_movesOrphansAtOnce_andOthersWithinTheLimit() {
        List<Entry> entries = new ArrayList<>();
        entries.add(entry("/work/m/a", "1-1 1 5.ab joined", 1));
        entries.add(entry("/work/m/b", "2-1 1 5.ab joined", 2));
        for (int i = 0; i < 4; i++) {
            entries.add(entry("/work/t/" + i, "1 a", 3));
            entries.add(entry("/work/o/" + i, "1-1 a", 4));
        }
        entries.add(entry("/work/t/4", "1 gone", 3));
        entries.add(entry("/work/t/old", "1 a", 3));
        view.reset(new RangeResult(4, entries, entries.size()));
        Map<String, String> plan = Map.of("0", "b", "1", "b", "2", "b", "3", "a", "4", "a", "5", "b");

        Rebalancing first = Rebalancing.next(plan, view, Set.of("a", "b"), 2);
        assertThat(first.puts()).isEqualTo(Map.of("0", "b", "1", "b", "4", "a", "5", "b"));
        assertThat(first.deletes()).containsExactly("old");
        assertThat(first.heldBack()).isTrue();

        // Two are under way: 0 is still owned by a, 5 by nobody.
        view.apply(5, List.of(put("/work/t/0", "1 b", 5), put("/work/t/5", "1 b", 5), put("/work/t/4", "1 a", 5)));
        view.apply(6, List.of(put("/work/o/4", "1-1 a", 6)));
        assertThat(Rebalancing.next(plan, view, Set.of("a", "b"), 2).puts()).isEmpty();
        view.apply(7, List.of(put("/work/o/5", "2-1 b", 7)));
        assertThat(Rebalancing.next(plan, view, Set.of("a", "b"), 2).puts()).isEqualTo(Map.of("1", "b"));
        assertThat(Rebalancing.next(plan, view, Set.of("a", "b"), 9).heldBack()).isFalse();
    }

    private static WatchEvent put(String key, String text, long revision) {
        return new WatchEvent(WatchEvent.Kind.PUT, key, entry(key, text, revision), null);
    }
}
