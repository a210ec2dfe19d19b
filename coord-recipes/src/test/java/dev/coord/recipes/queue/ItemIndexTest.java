package dev.coord.recipes.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Entry;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Value;
import dev.coord.recipes.queue.QueueKeys.Kind;
import dev.coord.watch.WatchEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Random changes against a model that looks at all keys. */
class ItemIndexTest {
    private static final int SEEDS = 300;
    private static final List<String> NAMES =
            List.of(QueueKeys.name(0, 7), QueueKeys.name(100, 1), QueueKeys.name(100, 2), QueueKeys.name(255, 1 << 20));

    private final QueueKeys keys = new QueueKeys("/queue");

    @Test
    void anyChanges_leaveAvailableWhatHasAnItemAndNoMore() {
        for (int seed = 0; seed < SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ItemIndex index = new ItemIndex(keys);
            TreeMap<String, Entry> model = new TreeMap<>();
            for (long revision = 1; revision <= 100; revision++) {
                List<WatchEvent> events = change(random, model, revision);
                if (random.nextInt(10) == 0) {
                    index.reset(new RangeResult(revision, List.copyOf(model.values()), model.size()));
                } else {
                    index.apply(revision, events);
                }
                index.apply(
                        revision - 1, List.of(put(keys.item(NAMES.get(0)), 1).event())); // known already
                assertThat(index.available()).as("seed " + seed).isEqualTo(available(model));
                for (String name : NAMES) {
                    Entry claim = model.get(keys.key(Kind.CLAIM, name));
                    assertThat(claim != null && index.isGone(name, claim.createRevision()))
                            .isFalse();
                    assertThat(index.isGone(name, revision))
                            .isEqualTo(claim == null || claim.createRevision() != revision);
                }
            }
        }
    }

    private record Change(Entry entry) {
        WatchEvent event() {
            return new WatchEvent(WatchEvent.Kind.PUT, entry.key(), entry, null);
        }
    }

    private static Change put(String key, long revision) {
        return new Change(new Entry(key, Value.EMPTY, revision, revision, 1, 0));
    }

    private List<WatchEvent> change(SplittableRandom random, TreeMap<String, Entry> model, long revision) {
        List<WatchEvent> events = new ArrayList<>();
        TreeSet<String> changed = new TreeSet<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            changed.add(keys.key(kind, NAMES.get(random.nextInt(NAMES.size()))));
        }
        for (String key : changed) {
            if (model.remove(key) != null) {
                events.add(new WatchEvent(WatchEvent.Kind.DELETE, key, null, null));
            } else {
                Change put = put(key, revision);
                model.put(key, put.entry());
                events.add(put.event());
            }
        }
        return events;
    }

    private TreeSet<String> available(TreeMap<String, Entry> model) {
        TreeSet<String> available = new TreeSet<>(NAMES);
        available.removeIf(name -> !model.containsKey(keys.item(name))
                || model.containsKey(keys.key(Kind.CLAIM, name))
                || model.containsKey(keys.key(Kind.HOLD, name)));
        return available;
    }

    @Test
    void names_areOrderedByPriorityAndNumber_andReadBack() {
        assertThat(new TreeSet<>(NAMES)).containsExactlyElementsOf(NAMES);
        assertThat(QueueKeys.priority(NAMES.get(3))).isEqualTo(255);
        assertThat(QueueKeys.number(keys.item(NAMES.get(3)))).isEqualTo(1 << 20);
        for (Kind kind : Kind.values()) {
            String key = keys.key(kind, NAMES.get(1));
            assertThat(keys.nameOf(key)).isEqualTo(NAMES.get(1));
            assertThat(keys.kindOf(key)).isEqualTo(kind);
            assertThat(keys.live().contains(key)).isTrue();
        }
        assertThat(keys.live().contains(keys.dead("1-" + NAMES.get(1), DeadItem.Reason.UNREADABLE, 1)))
                .isFalse();
        assertThat(keys.laneFrom(100, 2).contains(keys.item(NAMES.get(2)))).isTrue();
        assertThat(keys.laneFrom(100, 2).contains(keys.item(NAMES.get(1)))).isFalse();
        assertThat(keys.laneFrom(100, 2).contains(keys.item(NAMES.get(3)))).isFalse();
    }
}
