package dev.coord.recipes.detector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AwakeClockTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10);

    @Test
    void ticksInTime_countAllOfIt() {
        AwakeClock clock = new AwakeClock(now::get, 100);
        for (int i = 1; i <= 50; i++) {
            now.addAndGet(100);
            assertThat(clock.nanos()).isEqualTo(i * 100);
            assertThat(clock.tick()).isZero();
        }
    }

    @Test
    void pause_countsUpToTheLimit() {
        AwakeClock clock = new AwakeClock(now::get, 100);
        now.addAndGet(1_000_000);
        assertThat(clock.nanos()).isEqualTo(100);
        assertThat(clock.tick()).isEqualTo(999_900);
        assertThat(clock.nanos()).isEqualTo(100);
        now.addAndGet(7);
        assertThat(clock.nanos()).isEqualTo(107);
    }

    @Property(tries = 300)
    void readings_neverGoBackAndAdvanceByNoMoreThanTimeNorLimit(@ForAll long seed) {
        Random random = new Random(seed);
        AwakeClock clock = new AwakeClock(now::get, 100);
        long last = 0;
        long sinceTick = 0;
        for (int i = 0; i < 200; i++) {
            long step = random.nextInt(5) == 0 ? random.nextInt(10_000) : random.nextInt(60);
            now.addAndGet(step);
            long before = Math.min(100, sinceTick);
            sinceTick += step;
            assertThat(clock.nanos() - last).isEqualTo(Math.min(100, sinceTick) - before);
            last = clock.nanos();
            if (random.nextBoolean()) {
                assertThat(clock.tick()).isEqualTo(Math.max(0, sinceTick - 100));
                assertThat(clock.nanos()).isEqualTo(last);
                sinceTick = 0;
            }
        }
    }
}
