package dev.coord.recipes.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PickStrategyTest {
    private static final ServiceInstance A = ServiceInstance.of("a", "at a");
    private static final ServiceInstance B = ServiceInstance.of("b", "at b").withWeight(2);
    private static final ServiceInstance C = ServiceInstance.of("c", "at c").withWeight(5);

    private static Map<String, Integer> picks(PickStrategy strategy, int count, List<ServiceInstance> from) {
        Map<String, Integer> picks = new HashMap<>();
        for (int i = 0; i < count; i++) {
            picks.merge(strategy.pick(from, "key-" + i).id(), 1, Integer::sum);
        }
        return picks;
    }

    @Test
    void roundRobin_takesEachInTurn_alsoAfterItsCounterOverflows() {
        PickStrategy strategy = PickStrategy.roundRobin();
        assertThat(IntStream.range(0, 7)
                        .mapToObj(i -> strategy.pick(List.of(A, B, C), null).id()))
                .containsExactly("a", "b", "c", "a", "b", "c", "a");
        assertThat(picks(strategy, 1000, List.of(A, B))).isEqualTo(Map.of("a", 500, "b", 500));
    }

    @Test
    void random_picksInProportionToWeights_andTheSameFromTheSameSeed() {
        Map<String, Integer> picks = picks(PickStrategy.random(new SplittableRandom(3)), 8000, List.of(A, B, C));
        assertThat(picks.get("a")).isBetween(900, 1100);
        assertThat(picks.get("b")).isBetween(1850, 2150);
        assertThat(picks.get("c")).isBetween(4800, 5200);
        assertThat(picks(PickStrategy.random(new SplittableRandom(3)), 8000, List.of(A, B, C)))
                .isEqualTo(picks);
    }

    @Test
    void random_isSafeForManyThreads_whateverItsSource() {
        PickStrategy strategy = PickStrategy.random(new SplittableRandom(5));
        List<CompletableFuture<Map<String, Integer>>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(CompletableFuture.supplyAsync(() -> picks(strategy, 5000, List.of(A, A.withWeight(1)))));
        }
        all.forEach(picks -> assertThat(picks.join()).isEqualTo(Map.of("a", 5000)));
    }

    @Test
    void sticky_staysWhileItCan_andSeesWhatChanged() {
        PickStrategy strategy = PickStrategy.sticky(PickStrategy.roundRobin());
        assertThat(strategy.pick(List.of(A, B, C), null)).isEqualTo(A);
        assertThat(strategy.pick(List.of(A, B, C), null)).isEqualTo(A);
        assertThat(strategy.pick(List.of(A.withWeight(9), C), null).weight()).isEqualTo(9);
        ServiceInstance next = strategy.pick(List.of(B, C), null);
        assertThat(next).isEqualTo(C);
        assertThat(strategy.pick(List.of(A, B, C), null)).isEqualTo(C);
        ServiceInstance moved = ServiceInstance.of("c", "elsewhere");
        assertThat(strategy.pick(List.of(A, moved), null)).isEqualTo(A);
    }

    @Test
    void rendezvous_picksByKey_inProportion_andMovesOnlyWhatItMust() {
        PickStrategy strategy = PickStrategy.rendezvous();
        Map<String, Integer> picks = picks(strategy, 8000, List.of(A, B, C));
        assertThat(picks.get("a")).isBetween(850, 1150);
        assertThat(picks.get("c")).isBetween(4750, 5250);
        for (int i = 0; i < 1000; i++) {
            ServiceInstance before = strategy.pick(List.of(A, B, C), "key-" + i);
            ServiceInstance after = strategy.pick(List.of(A, C), "key-" + i);
            if (!before.id().equals("b")) {
                assertThat(after).isEqualTo(before);
            }
        }
        assertThatThrownBy(() -> strategy.pick(List.of(A), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key");
    }
}
