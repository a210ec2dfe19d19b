package dev.coord.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ExpectationsTest {
    private long now = Long.MAX_VALUE - 5;
    private final Expectations expectations = new Expectations(() -> now);

    @Test
    void expects_aSecondAfterTheLastQuestion_noMore() {
        assertThat(expectations.expects("n2")).isFalse();
        expectations.asks("n2");
        now += Duration.ofMillis(999).toNanos();
        assertThat(expectations.expects("n2")).isTrue();
        assertThat(expectations.expects("n3")).isFalse();
        now += Duration.ofMillis(1).toNanos();
        assertThat(expectations.expects("n2")).isFalse();
        expectations.asks("n2");
        assertThat(expectations.expects("n2")).isTrue();
    }
}
