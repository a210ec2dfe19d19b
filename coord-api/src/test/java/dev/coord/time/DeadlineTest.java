package dev.coord.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private static final Duration ENDLESS = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

    @Test
    void deadline_movesWithItsTicker_alsoAcrossTheOverflowOfTheClock() {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
        Deadline deadline = Deadline.after(now::get, Duration.ofNanos(10));
        assertThat(deadline.isPast()).isFalse();
        assertThat(deadline.remainingNanos()).isEqualTo(10);
        now.addAndGet(9);
        assertThat(deadline.isPast()).isFalse();
        now.incrementAndGet();
        assertThat(deadline.isPast()).isTrue();
        now.addAndGet(3);
        assertThat(deadline.remaining()).isEqualTo(Duration.ofNanos(-3));
    }

    @Test
    void timeout_ofAnyLength_isCapped() {
        Ticker ticker = () -> 1_000;
        assertThat(Deadline.after(ticker, ENDLESS).isPast()).isFalse();
        assertThat(Deadline.after(ticker, ENDLESS.negated()).isPast()).isTrue();
        assertThat(Deadline.after(ticker, ENDLESS).remaining()).isGreaterThan(Duration.ofDays(70 * 365));
    }
}
