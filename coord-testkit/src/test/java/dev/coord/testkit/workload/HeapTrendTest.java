package dev.coord.testkit.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeapTrendTest {

    private static HeapTrend of(java.util.function.IntToLongFunction bytes) {
        HeapTrend trend = new HeapTrend();
        IntStream.range(0, 20).forEach(i -> trend.add(bytes.applyAsLong(i)));
        return trend;
    }

    @Test
    void growth_ofALeak_isSeen() {
        // From sample 5 on: 1,050,000 to 1,190,000 around a mean of 1,120,000.
        assertThat(of(i -> 1_000_000 + 10_000L * i).growthPercent()).isCloseTo(12.5, within(1e-9));
    }

    @Test
    void growth_ofNoise_isNearNothing() {
        assertThat(of(i -> 1_000_000 + (i % 2) * 2_000L).growthPercent()).isCloseTo(0, within(0.1));
    }

    @Test
    void growth_atTheBeginningOnly_isNone() {
        assertThat(of(i -> i < 5 ? 100_000L * i : 1_000_000).growthPercent()).isZero();
    }

    @Test
    void growth_ofTooFewSamples_isNone() {
        assertThat(new HeapTrend().growthPercent()).isZero();
    }
}
