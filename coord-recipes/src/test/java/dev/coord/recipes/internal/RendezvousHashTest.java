package dev.coord.recipes.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RendezvousHashTest {
    private static final int KEYS = 20_000;

    private record Node(String name, double weight) {}

    private static List<Node> nodes(int count) {
        return IntStream.range(0, count).mapToObj(i -> new Node("n" + i, 1)).toList();
    }

    private static Optional<Node> pick(String key, List<Node> nodes) {
        return RendezvousHash.pick(key, nodes, Node::name, Node::weight);
    }

    private static Node owner(int key, List<Node> nodes) {
        return pick("key-" + key, nodes).orElseThrow();
    }

    private static List<Node> without(List<Node> nodes, Node node) {
        return nodes.stream().filter(other -> !other.equals(node)).toList();
    }

    private static <T> List<T> plus(List<T> list, T one) {
        List<T> more = new ArrayList<>(list);
        more.add(one);
        return more;
    }

    @Test
    void hash_isTheSameInEveryVersion() {
        assertThat(RendezvousHash.hash("")).isEqualTo(0xA706DD2F4D197E6FL);
        assertThat(RendezvousHash.hash("n1")).isEqualTo(0xC43CE945125D4B25L);
        assertThat(RendezvousHash.hash("/partitions/1234567")).isEqualTo(0x85B949B7AAD23D12L);
        assertThat(RendezvousHash.hash("h\u00e9\u4e16\ud83d\ude00")).isEqualTo(0x57D576A834557693L);
    }

    @Test
    void hash_ofSimilarTexts_doesNotCollide_andUsesAllBits() {
        Set<Long> hashes = new HashSet<>();
        long[] ones = new long[Long.SIZE];
        for (int i = 0; i < KEYS; i++) {
            for (String text : List.of("k" + i, "k" + i + "\0", "\0k" + i, "a-longer-key-" + i)) {
                long hash = RendezvousHash.hash(text);
                hashes.add(hash);
                for (int bit = 0; bit < Long.SIZE; bit++) {
                    ones[bit] += (hash >>> bit) & 1;
                }
            }
        }
        assertThat(hashes).hasSize(4 * KEYS);
        for (long count : ones) {
            assertThat((double) count / (4 * KEYS)).isBetween(0.49, 0.51);
        }
    }

    @Test
    void pick_ofNothing_isEmpty_andWeightlessNodesAreNothing() {
        assertThat(pick("key", List.of())).isEmpty();
        assertThat(pick("key", List.of(new Node("a", 0)))).isEmpty();
        assertThat(pick("key", List.of(new Node("a", 0), new Node("b", 0.001)))).contains(new Node("b", 0.001));
    }

    @Test
    void weights_thatAreNone_areRefused() {
        for (double weight : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> pick("key", List.of(new Node("a", weight))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("weight");
        }
    }

    @Test
    void pick_doesNotDependOnTheOrderOfNodes_andIsTheFirstRanked() {
        Random random = new Random(7);
        List<Node> shuffled = new ArrayList<>(nodes(9));
        for (int key = 0; key < 1000; key++) {
            Collections.shuffle(shuffled, random);
            List<Node> ranked = RendezvousHash.ranked("key-" + key, shuffled, Node::name, Node::weight);
            assertThat(owner(key, shuffled)).isEqualTo(owner(key, nodes(9))).isEqualTo(ranked.get(0));
            assertThat(ranked).containsExactlyInAnyOrderElementsOf(shuffled);
            assertThat(owner(key, without(shuffled, ranked.get(0))))
                    .as("next in line")
                    .isEqualTo(ranked.get(1));
        }
    }

    @Test
    void keys_areBalanced() {
        for (int count : new int[] {2, 3, 10, 50}) {
            List<Node> nodes = nodes(count);
            int[] keys = new int[count];
            for (int key = 0; key < KEYS; key++) {
                keys[nodes.indexOf(owner(key, nodes))]++;
            }
            double mean = (double) KEYS / count;
            for (int own : keys) {
                // Five standard deviations of a fair draw.
                assertThat((double) own).isBetween(mean - 5 * Math.sqrt(mean), mean + 5 * Math.sqrt(mean));
            }
        }
    }

    @Test
    void shares_areInProportionToWeights() {
        List<Node> nodes = List.of(new Node("a", 1), new Node("b", 2), new Node("c", 5));
        int[] keys = new int[3];
        for (int key = 0; key < KEYS; key++) {
            keys[nodes.indexOf(owner(key, nodes))]++;
        }
        for (int i = 0; i < 3; i++) {
            double expected = KEYS * nodes.get(i).weight() / 8;
            assertThat((double) keys[i]).isBetween(expected * 0.95, expected * 1.05);
        }
    }

    @Test
    void leaving_movesOnlyTheKeysOfTheOneThatLeft() {
        List<Node> before = nodes(8);
        for (Node left : before) {
            List<Node> after = without(before, left);
            for (int key = 0; key < 2000; key++) {
                Node owner = owner(key, before);
                if (!owner.equals(left)) {
                    assertThat(owner(key, after)).isEqualTo(owner);
                }
            }
        }
    }

    @Test
    void joining_orGainingWeight_movesKeysOnlyThere() {
        Random random = new Random(11);
        for (int round = 0; round < 20; round++) {
            List<Node> before = IntStream.range(0, 6)
                    .mapToObj(i -> new Node("n" + i, 0.5 + random.nextDouble()))
                    .toList();
            Node heavier = new Node("n3", before.get(3).weight() * 1.5);
            Node joining = new Node("new", 1);
            List<Node> reweighted = plus(without(before, before.get(3)), heavier);
            List<Node> joined = plus(before, joining);
            for (int key = 0; key < 1000; key++) {
                Node owner = owner(key, before);
                assertThat(owner(key, joined)).isIn(owner, joining);
                assertThat(owner(key, reweighted).name()).isIn(owner.name(), "n3");
            }
        }
    }
}
