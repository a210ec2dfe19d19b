package dev.coord.raft.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    private final AtomicLong now = new AtomicLong();
    private final Latencies latencies = new Latencies(now::get);

    @Property(tries = 500)
    void quantile_isWithinSevenPercent(
            @ForAll @Size(min = 1, max = 50) List<@LongRange(max = 900_000_000_000L) Long> times,
            @ForAll @DoubleRange(min = 0.01, max = 1) double part) {
        Latencies fresh = new Latencies(() -> 0);
        times.forEach(fresh::record);
        List<Long> sorted = times.stream().sorted().toList();
        double exact = sorted.get((int) Math.ceil(part * sorted.size()) - 1);
        assertThat(fresh.quantileNanos(part)).isCloseTo(exact, within(0.07 * exact));
        assertThat(fresh.count()).isEqualTo(times.size());
        assertThat(fresh.totalNanos())
                .isEqualTo(times.stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void nothingRecorded_hasNoQuantile() {
        assertThat(latencies.quantileNanos(0.5)).isNaN();
    }

    @Test
    void timesOutOfBounds_countAsTheNearest() {
        latencies.record(-5);
        assertThat(latencies.quantileNanos(1)).isZero();
        latencies.record(Long.MAX_VALUE);
        assertThat(latencies.quantileNanos(1)).isGreaterThan(1e12);
    }

    @Test
    void quantile_forgetsWhatIsOlderThanTwoWindows() {
        latencies.record(1_000_000);
        assertThat(latencies.quantileNanos(1)).isCloseTo(1e6, within(7e4));
        pass(Duration.ofSeconds(30));
        latencies.record(1_000);
        assertThat(latencies.quantileNanos(1)).isCloseTo(1e6, within(7e4));
        pass(Duration.ofSeconds(30));
        assertThat(latencies.quantileNanos(1)).isCloseTo(1e3, within(70.0));
        pass(Duration.ofSeconds(30));
        assertThat(latencies.quantileNanos(1)).isNaN();
        assertThat(latencies.count()).isEqualTo(2);
    }

    /** Time passes, and somebody reads at its end. */
    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
        latencies.quantileNanos(0.5);
    }
}
