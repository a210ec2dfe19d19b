package dev.coord.recipes.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.coord.recipes.detector.TuningOutcome.Proposal;
import dev.coord.recipes.detector.TuningOutcome.TooFewSamples;
import dev.coord.recipes.detector.TuningOutcome.Unreachable;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DetectorTunerTest {
    private static final double MILLI = 1e6;
    private static final int MANY = 300_000;

    private static DoubleSupplier delays(String kind, double deviationMillis, Random random) {
        double deviation = deviationMillis * MILLI;
        return switch (kind) {
            case "exponential" -> () -> -Math.log(1 - random.nextDouble()) * deviation;
            case "uniform" -> () -> random.nextDouble() * deviation * Math.sqrt(12);
            // Now and then ten times as late as usual: the tail that Chebyshev's inequality must provide for.
            case "outliers" -> () -> random.nextInt(50) == 0 ? deviation * 7.14 : 0;
            default -> throw new IllegalArgumentException(kind);
        };
    }

    @Test
    void proposedInterval_isOneThatAServiceTakes() {
        Random random = new Random(42);
        ArrivalObservation seen = SentHeartbeats.simulate(random, 10_000, 1_000_000_000L, 0.2, () -> 0)
                .observe();
        int proposed = 0;
        for (int detection = 4; detection <= 400; detection += 4) {
            TuningGoal goal = TuningGoal.of(Duration.ofMillis(detection), Duration.ofHours(1));
            if (DetectorTuner.propose(seen, goal) instanceof Proposal proposal) {
                proposed++;
                assertThat(HeartbeatService.builder().interval(proposal.interval()))
                        .isNotNull();
            }
        }
        assertThat(proposed).isPositive();
    }

    /** Observed at one heartbeat a second, tuned, and then judged with what was proposed, on the same network. */
    @ParameterizedTest
    @CsvSource({
        "exponential, 5, 0, 1000, 600",
        "exponential, 5, 0.05, 1000, 600",
        "exponential, 50, 0.2, 5000, 3600",
        "uniform, 30, 0.05, 2000, 3600",
        "outliers, 30, 0.01, 1000, 600",
        "outliers, 100, 0.2, 10000, 600"
    })
    void proposal_keepsItsPromiseInSimulation(
            String kind, double deviationMillis, double loss, long detectionMillis, long recurrenceSeconds) {
        Random random = new Random(42);
        DoubleSupplier delay = delays(kind, deviationMillis, random);
        ArrivalObservation seen = SentHeartbeats.simulate(random, 10_000, 1_000_000_000L, loss, delay)
                .observe();
        assertThat(seen.delayDeviation().toNanos() / MILLI).isCloseTo(deviationMillis, within(deviationMillis / 10));
        assertThat(seen.lossRate()).isCloseTo(loss, within(0.02));

        Duration detection = Duration.ofMillis(detectionMillis);
        TuningGoal goal = TuningGoal.of(detection, Duration.ofSeconds(recurrenceSeconds));
        Proposal proposal = (Proposal) DetectorTuner.propose(seen, goal);

        long interval = proposal.interval().toNanos();
        SentHeartbeats line = SentHeartbeats.simulate(random, MANY, interval, loss, delay);
        for (DetectorConfig config : List.of(proposal.adaptive(), proposal.deadline(), proposal.phi())) {
            QualityReport report = line.judge(config);
            double hours = report.observed().toSeconds() / 3600.0;
            assertThat((double) report.mistakes())
                    .as("%s over %.1f h: %s", config, hours, report)
                    .isLessThanOrEqualTo(hours * 3600 / recurrenceSeconds);
            assertThat(report.mistakeDuration().mean()).isLessThanOrEqualTo(detection);
            assertDetects(config, goal, line, deviationMillis, delay);
        }
    }

    /** It crashes right after a sending, which is the worst moment: that heartbeat still arrives. */
    private static void assertDetects(
            DetectorConfig config, TuningGoal goal, SentHeartbeats line, double deviationMillis, DoubleSupplier delay) {
        double meanDelay = 0;
        for (int i = 0; i < 10_000; i++) {
            meanDelay += delay.getAsDouble() / 10_000;
        }
        double slowest = goal.detectionTime().toNanos() + meanDelay;
        int within = 0;
        int crashes = 0;
        for (int crash = 1_100; crash < 60_000; crash += 59) {
            long suspected = firstSuspicion(config, line, crash);
            crashes++;
            // Deadline and phi count from the last arrival, so that its delay comes on top.
            if (suspected - crash * line.interval() <= slowest + 3 * deviationMillis * MILLI) {
                within++;
            }
        }
        assertThat(within).as("%s: %d of %d crashes", config, within, crashes).isGreaterThan(crashes * 95 / 100);
    }

    private static long firstSuspicion(DetectorConfig config, SentHeartbeats line, int crash) {
        FailureDetector detector = config.newDetector();
        long last = 0;
        for (int i = crash - 1_050; i <= crash; i++) {
            if (line.arrival(i) != SentHeartbeats.LOST && line.arrival(i) > last) {
                last = line.arrival(i);
                detector.heartbeat(last);
            }
        }
        long low = last;
        long high = last + 1_000_000_000_000L;
        while (high - low > 100_000) {
            long middle = low + (high - low) / 2;
            if (detector.isSuspected(middle)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }

    @Test
    void tooFast_isUnreachableAndSaysWhatIsNot() {
        ArrivalObservation seen = new ArrivalObservation(10_000, 500, Duration.ofMillis(80));
        Duration day = Duration.ofDays(1);
        Unreachable outcome = (Unreachable) DetectorTuner.propose(seen, TuningGoal.of(Duration.ofMillis(100), day));
        assertThat(outcome.reason())
                .isEqualTo(
                        "no interval reaches it: a loss of up to 5.33 % and a delay that deviates by PT0.12S leave too many"
                                + " heartbeats missing after PT0.1S");
        Duration reachable = outcome.reachable().orElseThrow();
        assertThat(DetectorTuner.propose(seen, TuningGoal.of(reachable, day))).isInstanceOf(Proposal.class);
        Duration less = Duration.ofNanos((long) (reachable.toNanos() / 1.11));
        assertThat(DetectorTuner.propose(seen, new TuningGoal(less, day, Duration.ofMillis(100))))
                .isInstanceOf(Unreachable.class);
    }

    @Test
    void networkThatLosesNearlyAll_isUnreachableAtAll() {
        ArrivalObservation seen = new ArrivalObservation(100, 1_000_000, Duration.ofMillis(1));
        Unreachable outcome =
                (Unreachable) DetectorTuner.propose(seen, TuningGoal.of(Duration.ofMillis(100), Duration.ofDays(1)));
        assertThat(outcome.reachable()).isEmpty();
    }

    @Test
    void fewHeartbeats_areTooFewSamples() {
        ArrivalObservation seen = new ArrivalObservation(99, 0, Duration.ofMillis(1));
        assertThat(DetectorTuner.propose(seen, TuningGoal.of(Duration.ofSeconds(1), Duration.ofDays(1))))
                .isEqualTo(new TooFewSamples(99, 100));
    }

    @Test
    void perfectNetwork_getsTheLongestInterval() {
        ArrivalObservation seen = new ArrivalObservation(1_000_000_000, 0, Duration.ZERO);
        Proposal proposal =
                (Proposal) DetectorTuner.propose(seen, TuningGoal.of(Duration.ofSeconds(2), Duration.ofHours(1)));
        assertThat(proposal.interval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(proposal.adaptive().margin()).isEqualTo(Duration.ofSeconds(1));
        assertThat(proposal.deadline().timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(proposal.mistakeRecurrence()).isGreaterThan(Duration.ofHours(1));
    }

    @Test
    void worseNetwork_getsMoreHeartbeats() {
        TuningGoal goal = TuningGoal.of(Duration.ofSeconds(5), Duration.ofDays(30));
        Duration before = Duration.ofDays(1);
        for (int lost : new int[] {0, 100, 1000, 3000}) {
            ArrivalObservation seen = new ArrivalObservation(10_000, lost, Duration.ofMillis(20));
            Proposal proposal = (Proposal) DetectorTuner.propose(seen, goal);
            assertThat(proposal.interval()).isLessThan(before);
            assertThat(proposal.mistakeRecurrence())
                    .isGreaterThanOrEqualTo(Duration.ofDays(30).minusSeconds(1));
            before = proposal.interval();
        }
    }

    @Test
    void badGoalAndObservation_areRefused() {
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TuningGoal.of(second, Duration.ofMillis(999)))
                .withMessage("mistakeRecurrence must be at least the detectionTime and at most a hundred years, but is"
                        + " PT0.999S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TuningGoal(second, second, Duration.ZERO))
                .withMessage("mistakeDuration must be more than zero and at most a day, but is PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ArrivalObservation(-1, 0, second))
                .withMessage("heartbeats are counted from zero, but received is -1 and lost is 0");
    }
}
