package dev.coord.recipes.detector;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Detectors and services on simulated networks, in virtual time. */
class DetectorSimulationTest {
    private static final double MILLI = 1e6;
    private static final long SECOND = 1_000_000_000L;

    /** One heartbeat each second; the delay varies by 3 RTT, exponentially; both sides now and then stand still for a second. */
    @ParameterizedTest
    @CsvSource({"1", "20", "100"})
    void defaultPreset_suspectsNobodyInAMillionHeartbeats(double rttMillis) {
        Random random = new Random(2026);
        FailureDetector detector = DetectorConfig.phi().newDetector();
        long last = 0;
        long busyUntil = 0;
        int suspicions = 0;
        int pauses = 0;
        for (int i = 0; i < 1_000_000; i++) {
            double delay = rttMillis / 2 - Math.log(1 - random.nextDouble()) * 3 * rttMillis;
            long sent = i * SECOND;
            if (random.nextInt(50) == 0) {
                sent += SECOND;
                pauses++;
            }
            if (random.nextInt(50) == 0) {
                busyUntil = sent + SECOND;
                pauses++;
            }
            long arrival = Math.max(last, Math.max(busyUntil, sent + (long) (delay * MILLI)));
            suspicions += detector.isSuspected(arrival) ? 1 : 0;
            detector.heartbeat(arrival);
            last = arrival;
        }
        assertThat(suspicions).isZero();
        assertThat(pauses).isGreaterThan(38_000);
        // And yet it is quick: it suspects a process that is silent for some seconds.
        assertThat(detector.isSuspected(last + 10 * SECOND)).isTrue();
    }

    @Test
    void services_suspectNobodyThoughTheyLoseAreLateAndStandStill() {
        TestNet net = new TestNet(7);
        double rtt = 20 * MILLI;
        net.loss = 0.01;
        net.delay = () -> (long) (rtt / 2 - Math.log(1 - net.random.nextDouble()) * 3 * rtt);
        List<String> ids = List.of("a", "b", "c", "d", "e");
        Members members = new Members(net, ids.toArray(String[]::new)).startAll();
        for (int i = 0; i < 2_000; i++) {
            net.advance(Duration.ofMillis(3_300));
            members.get(ids.get(net.random.nextInt(5))).process().pause(Duration.ofSeconds(1));
        }
        for (String id : ids) {
            assertThat(members.told(id))
                    .filteredOn(event -> event.startsWith("suspected"))
                    .isEmpty();
            assertThat(members.service(id).counters().pauses()).isPositive();
            assertThat(members.service(id).counters().accepted()).isGreaterThan(24_000);
            assertThat(members.service(id).statuses())
                    .allMatch(status -> status.quality().queryAccuracy() == 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 6", "0.05, 7", "0.2, 11"})
    void crashes_areDetectedAndMistakesAreRare(double loss, long boundSeconds) {
        TestNet net = new TestNet(11);
        net.loss = loss;
        net.delay = () -> (long) (10 * MILLI - Math.log(1 - net.random.nextDouble()) * 30 * MILLI);
        Members members = new Members(net, "a", "b").startAll();
        long incarnation = 1;
        for (int i = 0; i < 60; i++) {
            net.advance(Duration.ofMillis(60_000 + net.random.nextInt(1_000)));
            members.get("b").process().kill();
            net.advance(Duration.ofSeconds(30));
            assertThat(members.service("a").isSuspected("b")).isTrue();
            members.start("b", ++incarnation);
        }
        net.advance(Duration.ofSeconds(5));
        QualityReport quality = members.service("a").status("b").orElseThrow().quality();
        assertThat(quality.detectionTime().count()).isGreaterThanOrEqualTo(59);
        // From the last heartbeat that came, which may be some lost ones before the crash.
        assertThat(quality.detectionTime().quantile(0.95)).isLessThan(Duration.ofSeconds(boundSeconds));
        assertThat(quality.detectionTime().min()).isGreaterThan(Duration.ofSeconds(3));
        assertThat(quality.mistakes()).isLessThanOrEqualTo(loss == 0 ? 0 : 3);
    }
}
