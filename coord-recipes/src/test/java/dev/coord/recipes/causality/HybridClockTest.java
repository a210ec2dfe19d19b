package dev.coord.recipes.causality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HybridClockTest {
    private static final Duration DRIFT = Duration.ofMillis(500);

    private final AtomicLong wall = new AtomicLong(10_000);
    private final HybridClock clock = HybridClock.of(wall::get, DRIFT);

    @Test
    void stamps_followTheWallClock_andCountWhileItStands() {
        assertThat(clock.now()).hasToString("10000+0");
        assertThat(clock.now()).hasToString("10000+1");
        wall.set(10_001);
        assertThat(clock.now()).hasToString("10001+0");
    }

    @Test
    void wallClockThatGoesBack_isOutlivedByTheCounter() {
        clock.now();
        wall.set(9_800);
        assertThat(clock.now()).hasToString("10000+1");
        wall.set(10_002);
        assertThat(clock.now()).hasToString("10002+0");
    }

    @Test
    void wallClockThatGoesBackBeyondTheDrift_isRefused_untilItIsNearAgain() {
        clock.now();
        wall.set(9_499);
        ClockDriftException refused = catchThrowableOfType(ClockDriftException.class, clock::now);
        assertThat(refused)
                .hasMessage("the stamp 10000+1 would be 501 ms ahead of the wall clock here, and at most 500 ms are"
                        + " allowed; check that both clocks are synchronised");
        assertThat(refused.ahead()).isEqualTo(Duration.ofMillis(501));
        assertThat(refused.maxDrift()).isEqualTo(DRIFT);
        wall.set(9_500);
        assertThat(clock.now()).hasToString("10000+1");
    }

    @Test
    void messageFromTooFarAhead_isRefused_andLeavesTheClockAsItWas() {
        assertThatThrownBy(() -> clock.receive(new HybridTime(10_501, 0))).isInstanceOf(ClockDriftException.class);
        assertThat(clock.now()).hasToString("10000+0");
        assertThat(clock.receive(new HybridTime(10_500, 7))).hasToString("10500+8");
    }

    @Test
    void fullCounter_goesOnWithTheNextMillisecond_withinTheDrift() {
        HybridClock full = HybridClock.startingAfter(
                wall::get, Duration.ofMillis(1), new HybridTime(10_000, HybridTime.MAX_COUNTER));
        assertThat(full.now()).hasToString("10001+0");
        for (int i = 0; i < HybridTime.MAX_COUNTER; i++) {
            full.now();
        }
        assertThatThrownBy(full::now).isInstanceOf(ClockDriftException.class).hasMessageContaining("10002+0");
    }

    @Test
    void lastStampThatThereIs_isFollowedByNone() {
        wall.set(HybridTime.MAX_MILLIS);
        HybridTime last = new HybridTime(HybridTime.MAX_MILLIS, HybridTime.MAX_COUNTER);
        assertThatThrownBy(() -> clock.receive(last))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is the last that there is");
    }

    @Test
    void wallClockOutOfBounds_isRefused() {
        wall.set(-1);
        assertThatThrownBy(clock::now)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the wall clock says -1 ms");
    }

    @Test
    void driftThatIsNegative_orBeyondAllStamps_isRefused() {
        assertThatThrownBy(() -> HybridClock.of(wall::get, Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HybridClock.of(wall::get, Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a drift of PT-0.001S");
    }

    @Test
    void stampOutOfBounds_isRefused() {
        assertThatThrownBy(() -> new HybridTime(-1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HybridTime(0, 1 << 16)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HybridTime.ofLong(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(HybridTime.ofLong(Long.MAX_VALUE).toLong()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void manyThreads_getStampsThatAllDiffer_eachGrowing() throws Exception {
        int threads = 4;
        int each = 20_000;
        HybridClock shared = HybridClock.of(wall::get, Duration.ofSeconds(10));
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<List<HybridTime>>> drawn = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                drawn.add(pool.submit(() -> draw(shared, each)));
            }
            Set<HybridTime> all = new HashSet<>();
            for (Future<List<HybridTime>> future : drawn) {
                List<HybridTime> stamps = future.get();
                assertThat(stamps).isSorted();
                all.addAll(stamps);
            }
            assertThat(all).hasSize(threads * each);
        } finally {
            pool.shutdownNow();
        }
    }

    private List<HybridTime> draw(HybridClock shared, int count) {
        List<HybridTime> stamps = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            wall.addAndGet(i % 100 == 0 ? 1 : 0);
            stamps.add(i % 3 == 0 && i > 0 ? shared.receive(stamps.get(i - 1)) : shared.now());
        }
        return stamps;
    }
}
