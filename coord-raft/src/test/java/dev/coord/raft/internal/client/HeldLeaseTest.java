package dev.coord.raft.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a holder may believe of its lease. */
class HeldLeaseTest {
    private static final Duration TTL = Duration.ofMillis(500);

    private long now;
    private final HeldLease lease = new HeldLease(1, TTL, TTL, () -> now, Runnable::run, 0);

    private void advance(int millis) {
        now += millis * 1_000_000L;
    }

    @Test
    void heldLease_isReckonedFromTheSendTime_andSignalsBeforeItsEnd() {
        CompletableFuture<Void> first = lease.lapsed();
        assertThat(lease.validUntil().nanos()).isEqualTo(490_000_000);
        advance(300);
        lease.renewed(100_000_000);
        lease.renewed(50_000_000);
        assertThat(lease.validUntil().nanos()).isEqualTo(590_000_000);
        advance(284);
        lease.checkLapse(now);
        assertThat(first).isNotDone();
        advance(2);
        lease.checkLapse(now);
        assertThat(first).isDone();
        assertThat(lease.isValid()).isFalse();
        lease.renewed(200_000_000);
        assertThat(lease.isValid()).isTrue();
        assertThat(lease.lapsed()).isNotSameAs(first).isNotDone();
        lease.end();
        lease.renewed(580_000_000);
        assertThat(lease.isValid()).isFalse();
        assertThat(lease.lapsed()).isDone();
        assertThat(lease.whenEnded()).isDone();
    }

    @Test
    void heldLease_pastItsValidity_isInvalidThoughNoTimerRan() {
        advance(489);
        assertThat(lease.isValid()).isTrue();
        advance(1);
        assertThat(lease.isValid()).isFalse();
    }

    @Test
    void heldLease_signalledEarly_isRevokedNoSoonerThanItsValidityEnds() {
        assertThat(lease.warningLeftNanos())
                .as("if it was ended otherwise, at once")
                .isZero();
        advance(486);
        lease.checkLapse(now);
        assertThat(lease.lapsed()).isDone();
        assertThat(lease.warningLeftNanos()).isEqualTo(4_000_000);
        advance(4);
        assertThat(lease.warningLeftNanos()).isZero();
    }
}
