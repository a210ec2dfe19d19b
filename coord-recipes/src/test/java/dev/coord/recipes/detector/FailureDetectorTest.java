package dev.coord.recipes.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FailureDetectorTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1000 * MILLI;

    static List<DetectorConfig> configs() {
        return List.of(
                DetectorConfig.deadline(Duration.ofSeconds(5)),
                DetectorConfig.phi(),
                DetectorConfig.exponential(),
                DetectorConfig.adaptive(Duration.ofSeconds(1), Duration.ofSeconds(2)));
    }

    private static long steady(FailureDetector detector, long from, int count) {
        for (int i = 0; i < count; i++) {
            detector.heartbeat(from + i * SECOND);
        }
        return from + (count - 1) * SECOND;
    }

    /** The first moment, to a millisecond, at which it is suspected. */
    private static long suspectedAfter(FailureDetector detector, long last) {
        for (long millis = 0; millis < 100_000; millis++) {
            if (detector.isSuspected(last + millis * MILLI)) {
                return millis;
            }
        }
        throw new AssertionError("never suspected");
    }

    @ParameterizedTest
    @MethodSource("configs")
    void nothingHeard_isNotSuspected(DetectorConfig config) {
        FailureDetector detector = config.newDetector();
        assertThat(detector.suspicion(Long.MAX_VALUE / 2)).isZero();
        assertThat(detector.isSuspected(Long.MAX_VALUE / 2)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("configs")
    void silence_isSuspectedAndAHeartbeatEndsIt(DetectorConfig config) {
        FailureDetector detector = config.newDetector();
        long last = steady(detector, 7, 50);
        assertThat(detector.isSuspected(last + SECOND)).isFalse();
        assertThat(detector.isSuspected(last + 60 * SECOND)).isTrue();
        detector.heartbeat(last + 60 * SECOND);
        assertThat(detector.isSuspected(last + 60 * SECOND)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("configs")
    void gapThatWasSuspected_isNotLearnt(DetectorConfig config) {
        FailureDetector steady = config.newDetector();
        FailureDetector failed = config.newDetector();
        long last = steady(steady, 0, 50);
        steady(failed, 0, 50);
        failed.heartbeat(last + 60 * SECOND);
        assertThat(suspectedAfter(failed, last + 60 * SECOND)).isEqualTo(suspectedAfter(steady, last));
    }

    @ParameterizedTest
    @MethodSource("configs")
    void readingsThatWrapAround_areComparedByTheirDifference(DetectorConfig config) {
        FailureDetector plain = config.newDetector();
        FailureDetector wrapped = config.newDetector();
        long last = steady(plain, 0, 20);
        long lastWrapped = steady(wrapped, Long.MAX_VALUE - 10 * SECOND, 20);
        for (long millis = 0; millis < 30_000; millis += 100) {
            assertThat(wrapped.suspicion(lastWrapped + millis * MILLI))
                    .isEqualTo(plain.suspicion(last + millis * MILLI));
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void readingBeforeTheLastHeartbeat_countsAsTheSameMoment(DetectorConfig config) {
        FailureDetector detector = config.newDetector();
        long last = steady(detector, 0, 20);
        double atLast = detector.suspicion(last);
        assertThat(detector.suspicion(last - 5 * SECOND)).isEqualTo(atLast);
        FailureDetector same = config.newDetector();
        steady(same, 0, 20);
        same.heartbeat(last);
        detector.heartbeat(last - 5 * SECOND);
        assertThat(suspectedAfter(detector, last)).isEqualTo(suspectedAfter(same, last));
    }

    @Test
    void deadline_suspectsAtItsTimeout() {
        FailureDetector detector =
                DetectorConfig.deadline(Duration.ofSeconds(5)).newDetector();
        detector.heartbeat(0);
        assertThat(detector.isSuspected(5 * SECOND - 1)).isFalse();
        assertThat(detector.isSuspected(5 * SECOND)).isTrue();
        assertThat(detector.suspicion(SECOND)).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void steadyHeartbeats_replaceTheFirstEstimate() {
        FailureDetector detector =
                DetectorConfig.phi().withFirstInterval(Duration.ofSeconds(10)).newDetector();
        detector.heartbeat(0);
        assertThat(suspectedAfter(detector, 0)).isBetween(27_000L, 27_100L);
        long last = steady(detector, 0, 1002);
        assertThat(suspectedAfter(detector, last)).isEqualTo(4_562);
    }

    @Test
    void gapThatWasNotSuspected_isLearnt() {
        FailureDetector detector = DetectorConfig.phi().newDetector();
        long last = steady(detector, 0, 20);
        long before = suspectedAfter(detector, last);
        detector.heartbeat(last + 4 * SECOND);
        assertThat(suspectedAfter(detector, last + 4 * SECOND)).isGreaterThan(before + 1000);
    }

    @Test
    void oversizedInterval_isNotLearntByTheExponentialDetector() {
        FailureDetector detector = DetectorConfig.exponential().newDetector();
        FailureDetector other = DetectorConfig.exponential().newDetector();
        long last = steady(detector, 0, 20);
        steady(other, 0, 20);
        detector.heartbeat(last + 2 * SECOND + 1);
        other.heartbeat(last + 2 * SECOND);
        assertThat(suspectedAfter(detector, last + 2 * SECOND + 1))
                .isLessThan(suspectedAfter(other, last + 2 * SECOND));
    }

    @Test
    void heartbeatsAllAtOnce_giveAFiniteSuspicion() {
        for (DetectorConfig config : configs()) {
            FailureDetector detector = config.newDetector();
            for (int i = 0; i < 2000; i++) {
                detector.heartbeat(5);
            }
            assertThat(detector.suspicion(Long.MAX_VALUE)).isFinite().isPositive();
        }
    }

    @Test
    void adaptive_expectsTheNextHeartbeatInItsSlotHoweverLateTheLastWas() {
        FailureDetector detector = DetectorConfig.adaptive(Duration.ofSeconds(1), Duration.ofMillis(500))
                .newDetector();
        long last = steady(detector, 0, 32);
        detector.heartbeat(last + 1400 * MILLI);
        // Due at last + 2 s, but for the thirty-second part of the 400 ms by which this one was late.
        assertThat(suspectedAfter(detector, last)).isBetween(2_512L, 2_514L);
    }

    @Test
    void adaptive_countsLostHeartbeatsAsSlots() {
        FailureDetector detector = DetectorConfig.adaptive(Duration.ofSeconds(1), Duration.ofSeconds(3))
                .newDetector();
        long last = steady(detector, 0, 10);
        detector.heartbeat(last + 3 * SECOND);
        assertThat(suspectedAfter(detector, last + 3 * SECOND)).isEqualTo(4_000);
        detector.heartbeat(last + 3 * SECOND);
        assertThat(suspectedAfter(detector, last + 3 * SECOND)).isEqualTo(4_000);
    }

    @Test
    void adaptive_beginsItsSlotsAnewAfterASuspicion() {
        FailureDetector detector = DetectorConfig.adaptive(Duration.ofSeconds(1), Duration.ofSeconds(2))
                .newDetector();
        long last = steady(detector, 0, 32);
        detector.heartbeat(last + 10_450 * MILLI);
        assertThat(suspectedAfter(detector, last + 10_450 * MILLI)).isEqualTo(3_000);
    }

    @Test
    void defaults_areThoseOfAkkaAndCassandra() {
        assertThat(DetectorConfig.phi())
                .isEqualTo(new DetectorConfig.Phi(
                        8, 1000, Duration.ofMillis(100), Duration.ofSeconds(3), Duration.ofSeconds(1)));
        assertThat(DetectorConfig.exponential())
                .isEqualTo(new DetectorConfig.Exponential(8, 1000, Duration.ofSeconds(2), Duration.ofSeconds(2)));
        assertThat(DetectorConfig.adaptive(Duration.ofSeconds(1), Duration.ofSeconds(2))
                        .window())
                .isEqualTo(32);
    }

    @Test
    void with_changesOneThing() {
        Duration second = Duration.ofSeconds(1);
        DetectorConfig.Phi changed = DetectorConfig.phi()
                .withThreshold(12)
                .withAcceptablePause(Duration.ZERO)
                .withFirstInterval(second.multipliedBy(2))
                .withMinDeviation(second);
        assertThat(changed).isEqualTo(new DetectorConfig.Phi(12, 1000, second, Duration.ZERO, second.multipliedBy(2)));
    }

    @Test
    void badConfiguration_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DetectorConfig.deadline(Duration.ZERO))
                .withMessage("timeout must be more than zero and at most a day, but is PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DetectorConfig.adaptive(Duration.ofSeconds(1), Duration.ofDays(2)))
                .withMessage("margin must be more than zero and at most a day, but is PT48H");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DetectorConfig.phi().withAcceptablePause(Duration.ofNanos(-1)))
                .withMessage("acceptablePause must be zero or more and at most a day, but is PT-0.000000001S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DetectorConfig.phi().withThreshold(Double.NaN))
                .withMessage("threshold must be more than 0 and at most 10000.0, but is NaN");
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DetectorConfig.Phi(8, 1, second, second, second))
                .withMessage("window must be 2 to 10000 samples, but is 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DetectorConfig.Exponential(8, 10_001, second, second))
                .withMessage("window must be 1 to 10000 samples, but is 10001");
    }
}
