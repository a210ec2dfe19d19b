package dev.coord.recipes.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Keys;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Against {@link TreeMap}, which is the naive model. */
class OrderedTreeTest {
    private static final List<String> ALPHABET = List.of("a", "b", "/", "\0", "\u00e9", "\uffff", "\ud83d\ude00");

    private static String key(Random random) {
        StringBuilder key = new StringBuilder("k");
        for (int i = random.nextInt(4); i > 0; i--) {
            key.append(ALPHABET.get(random.nextInt(ALPHABET.size())));
        }
        return key.toString();
    }

    private static <T> List<T> list(Iterator<T> items) {
        List<T> list = new ArrayList<>();
        items.forEachRemaining(list::add);
        return list;
    }

    private static void assertSame(OrderedTree<String> tree, TreeMap<String, String> model) {
        tree.check();
        assertThat(tree.size()).isEqualTo(model.size());
        assertThat(list(tree.iterator(null))).containsExactlyElementsOf(model.values());
        Map<String, String> view = tree.asMap(value -> value);
        assertThat(view).isEqualTo(model);
        assertThat(view.keySet()).containsExactlyElementsOf(model.keySet());
    }

    @Test
    void anyChanges_leaveWhatAMapWouldHold_andOlderTreesAsTheyWere() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            OrderedTree<String> tree = OrderedTree.empty();
            TreeMap<String, String> model = new TreeMap<>(Keys.ORDER);
            OrderedTree<String> older = tree;
            TreeMap<String, String> olderModel = new TreeMap<>(model);
            for (int i = 0; i < 200; i++) {
                String key = key(random);
                if (random.nextInt(5) < 2) {
                    tree = tree.remove(key);
                    model.remove(key);
                } else {
                    tree = tree.put(key, key + i);
                    model.put(key, key + i);
                }
                assertThat(tree.get(key)).isEqualTo(model.get(key));
                if (random.nextInt(20) == 0) {
                    assertSame(older, olderModel);
                    older = tree;
                    olderModel = new TreeMap<>(model);
                }
            }
            assertSame(tree, model);
            String from = key(random);
            assertThat(list(tree.iterator(from)))
                    .containsExactlyElementsOf(model.tailMap(from, true).values());
            assertSame(OrderedTree.ofSorted(List.copyOf(model.values()), keyOf(model)), model);
        }
    }

    private static Function<String, String> keyOf(TreeMap<String, String> model) {
        Map<String, String> keys = new TreeMap<>();
        model.forEach((key, value) -> keys.put(value, key));
        return value -> keys.get(value);
    }

    @Test
    void sortedKeys_doNotUnbalanceTheTree() {
        OrderedTree<Integer> tree = OrderedTree.empty();
        for (int i = 0; i < 5000; i++) {
            tree = tree.put("%05d".formatted(i), i);
        }
        tree.check();
        for (int i = 0; i < 5000; i += 2) {
            tree = tree.remove("%05d".formatted(i));
        }
        tree.check();
        assertThat(tree.size()).isEqualTo(2500);
        assertThat(tree.remove("absent")).isSameAs(tree);
    }
}
