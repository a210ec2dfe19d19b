package dev.coord.recipes.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DistributionTest {

    @Property(tries = 500)
    void quantile_isThatOfTheSortedValuesOrUpToAnEighthMore(
            @ForAll @Size(min = 1, max = 50) List<@LongRange(min = 0) Long> values,
            @ForAll @DoubleRange(min = 0, max = 1) double share) {
        Distribution distribution = Distribution.EMPTY;
        for (long value : values) {
            distribution = distribution.plus(value);
        }
        List<Long> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        long exact = sorted.get((int) Math.max(0, Math.ceil(share * values.size()) - 1));
        double tolerated = exact + exact / 8.0 + 1;
        assertThat((double) distribution.quantile(share).toNanos()).isBetween((double) exact, tolerated);
        assertThat(distribution.count()).isEqualTo(values.size());
        assertThat(distribution.min().toNanos()).isEqualTo(sorted.get(0));
        assertThat(distribution.max().toNanos()).isEqualTo(sorted.get(sorted.size() - 1));
    }

    @Test
    void empty_isAllZero() {
        assertThat(Distribution.EMPTY.count()).isZero();
        assertThat(List.of(
                        Distribution.EMPTY.mean(),
                        Distribution.EMPTY.min(),
                        Distribution.EMPTY.max(),
                        Distribution.EMPTY.quantile(0.5)))
                .containsOnly(Duration.ZERO);
    }

    @Test
    void plus_leavesTheOldOneAsItWas() {
        Distribution one = Distribution.EMPTY.plus(5);
        Distribution two = one.plus(-7);
        assertThat(one.count()).isEqualTo(1);
        assertThat(two.count()).isEqualTo(2);
        assertThat(two.min()).isZero();
        assertThat(one).isEqualTo(Distribution.EMPTY.plus(5)).isNotEqualTo(two);
        assertThat(one).hasSameHashCodeAs(Distribution.EMPTY.plus(5));
        assertThat(two).hasToString("Distribution(2: p50 PT0S, p99 PT0.000000005S, max PT0.000000005S)");
    }

    @Test
    void shareOutOfBounds_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Distribution.EMPTY.quantile(95))
                .withMessage("a quantile is asked for by a share of 0 to 1, but this is 95.0");
    }
}
