package dev.coord.raft.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.kv.Keys;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class PersistentMapTest {
    private static final int MANY = 20_000;

    private static PersistentMap<Integer, Integer> filled(IntUnaryOperator key) {
        PersistentMap.Builder<Integer, Integer> builder =
                PersistentMap.<Integer, Integer>empty(Integer::compare).toBuilder();
        for (int i = 0; i < MANY; i++) {
            builder.put(key.applyAsInt(i), i);
        }
        return builder.build();
    }

    private static double leafFill(SortedView<?, ?> map) {
        return map.size() / (double) (leaves(map.root()) * TreeNode.WIDTH);
    }

    private static int leaves(TreeNode node) {
        if (node.leaf) {
            return 1;
        }
        int sum = 0;
        for (int i = 0; i < node.count; i++) {
            sum += leaves(node.child(i));
        }
        return sum;
    }

    @Test
    void empty_anyRead_findsNothing() {
        PersistentMap<String, String> map = PersistentMap.empty(Keys.ORDER);

        assertThat(map.isEmpty()).isTrue();
        assertThat(map.get("a")).isNull();
        assertThat(map.firstKey()).isNull();
        assertThat(map.lastKey()).isNull();
        assertThat(map.floor("a")).isNull();
        assertThat(map.ceiling("a")).isNull();
        assertThat(map.count(null, null)).isZero();
        assertThat(map.forEach(null, null, (key, value) -> false)).isTrue();
        assertThat(map.without("a")).isSameAs(map);
    }

    @Test
    void with_theSameValue_returnsTheSameMap() {
        PersistentMap<Integer, Integer> map = filled(i -> i);
        Integer value = map.get(500);

        assertThat(value).isNotNull();
        assertThat(map.with(500, value)).isSameAs(map);
        assertThat(map.without(MANY)).isSameAs(map);
        assertThat(map.toBuilder().build()).isSameAs(map);
    }

    @Test
    void builder_nothingChangedSinceBuild_buildsTheSameMap() {
        PersistentMap.Builder<Integer, Integer> builder = filled(i -> i).toBuilder();
        builder.put(7, -7);
        PersistentMap<Integer, Integer> map = builder.build();
        Integer value = map.get(7);

        assertThat(value).isNotNull();
        builder.put(7, value);
        assertThat(builder.build()).isSameAs(map);
        assertThat(builder.put(7, 1)).isEqualTo(-7);
        assertThat(map.get(7)).isEqualTo(-7);
    }

    @Test
    void leaves_filledInAnyOrder_areWellFilled() {
        SplittableRandom random = new SplittableRandom(1);

        assertThat(leafFill(filled(i -> i))).isGreaterThan(0.99);
        assertThat(leafFill(filled(i -> -i))).isGreaterThan(0.6);
        assertThat(leafFill(filled(i -> random.nextInt()))).isGreaterThan(0.6);
        // Eight sequences, each growing in the middle of the others.
        assertThat(leafFill(filled(i -> (i % 8) * MANY + i))).isGreaterThan(0.6);
    }

    @Test
    void remove_randomChurn_keepsLeavesAndHeightBounded() {
        SplittableRandom random = new SplittableRandom(2);
        PersistentMap.Builder<Integer, Integer> builder = filled(i -> i).toBuilder();
        for (int i = 0; i < 10 * MANY; i++) {
            builder.remove(random.nextInt(2 * MANY));
            builder.put(random.nextInt(2 * MANY), i);
        }

        assertThat(leafFill(builder)).isGreaterThan(0.5);
        assertThat(builder.checkInvariants()).isLessThanOrEqualTo(5);
    }

    @Test
    void remove_everythingInOrder_leavesAnEmptyMap() {
        PersistentMap<Integer, Integer> map = filled(i -> i);
        PersistentMap.Builder<Integer, Integer> fromFront = map.toBuilder();
        PersistentMap.Builder<Integer, Integer> fromBack = map.toBuilder();
        for (int i = 0; i < MANY; i++) {
            fromFront.remove(i);
            fromBack.remove(MANY - 1 - i);
            if (i % 97 == 0) {
                fromFront.checkInvariants();
                fromBack.checkInvariants();
            }
        }

        assertThat(fromFront.build().isEmpty()).isTrue();
        assertThat(fromBack.build().checkInvariants()).isEqualTo(1);
        assertThat(map.size()).isEqualTo(MANY);
    }

    @Test
    void append_ascendingKeys_fillsAMap() {
        PersistentMap.Builder<Integer, Integer> builder =
                PersistentMap.<Integer, Integer>empty(Integer::compare).toBuilder();
        for (int i = 0; i < MANY; i++) {
            builder.append(i, i);
        }

        assertThat(builder.checkInvariants()).isEqualTo(3);
        assertThat(builder.size()).isEqualTo(MANY);
        assertThat(leafFill(builder)).isEqualTo(1);
        assertThatThrownBy(() -> builder.append(MANY - 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void order_supplementaryKeys_isThatOfTheBytes() {
        PersistentMap<String, Integer> map = PersistentMap.<String, Integer>empty(Keys.ORDER)
                .with("\uD83D\uDE00", 3)
                .with("\uFFFD", 2)
                .with("z", 1);

        assertThat(map.firstKey()).isEqualTo("z");
        assertThat(map.lastKey()).isEqualTo("\uD83D\uDE00");
        assertThat(map.count("\uFFFD", null)).isEqualTo(2);
    }
}
