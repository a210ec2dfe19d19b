package dev.coord.raft.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GiveWayTest {
    private static final Duration MOMENT = Duration.ofMillis(60);
    private static final Duration LONGEST = Duration.ofMillis(250);

    private final AtomicLong now = new AtomicLong(-5);
    private final GiveWay giveWay = new GiveWay(now::get, MOMENT, LONGEST);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void question_thatWasAgreedTo_isGivenWayForAMoment() {
        assertThat(giveWay.isDue()).isFalse();
        giveWay.to(7);
        assertThat(giveWay.isDue()).isTrue();
        pass(MOMENT);
        assertThat(giveWay.isDue()).isFalse();
    }

    @Test
    void peerThatAsksForEver_isGivenWayForALimitedTimeInEachTerm() {
        for (int i = 0; i < 100; i++) {
            giveWay.to(7);
            pass(Duration.ofMillis(15));
        }
        assertThat(giveWay.isDue()).isFalse();

        giveWay.to(8);
        assertThat(giveWay.isDue()).isTrue();
    }
}
