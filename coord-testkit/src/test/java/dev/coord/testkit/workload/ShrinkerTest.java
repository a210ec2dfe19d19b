package dev.coord.testkit.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShrinkerTest {
    private static final List<Integer> HUNDRED = IntStream.range(0, 100).boxed().toList();

    @Test
    void shrink_ofAFailureThatNeedsThree_leavesTheseThree() {
        List<Integer> needed = List.of(3, 42, 77);
        Shrinker shrinker = new Shrinker(1_000);
        assertThat(shrinker.shrink(HUNDRED, some -> some.containsAll(needed))).isEqualTo(needed);
        assertThat(shrinker.runs()).isLessThan(150);
    }

    @Test
    void shrink_ofAFailureThatNeedsNothing_leavesNothing() {
        assertThat(new Shrinker(1_000).shrink(HUNDRED, some -> true)).isEmpty();
    }

    @Test
    void shrink_withoutRunsLeft_returnsWhatFailedLast() {
        List<Integer> kept = new Shrinker(3).shrink(HUNDRED, some -> some.contains(10));
        assertThat(kept).contains(10).hasSizeLessThan(100);
    }
}
