package dev.coord.recipes.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DetectorQualityTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void nothingHeard_isPerfect() {
        QualityReport report = DetectorQuality.none().suspected(3).crashed(4).report(SECOND);
        assertThat(report.observed()).isZero();
        assertThat(report.mistakes()).isZero();
        assertThat(report.mistakesPerHour()).isZero();
        assertThat(report.queryAccuracy()).isEqualTo(1);
        assertThat(report.detectionTime().count()).isZero();
    }

    @Test
    void suspicionTakenBack_isAMistake() {
        DetectorQuality quality = DetectorQuality.none()
                .trusted(0)
                .suspected(10 * SECOND)
                .trusted(12 * SECOND)
                .suspected(30 * SECOND)
                .trusted(31 * SECOND);
        QualityReport report = quality.report(40 * SECOND);
        assertThat(report.observed()).isEqualTo(Duration.ofSeconds(40));
        assertThat(report.mistakes()).isEqualTo(2);
        assertThat(report.mistakesPerHour()).isCloseTo(180, within(1e-9));
        assertThat(report.queryAccuracy()).isCloseTo(37 / 40.0, within(1e-12));
        assertThat(report.mistakeDuration().max()).isEqualTo(Duration.ofSeconds(2));
        assertThat(report.mistakeDuration().min()).isEqualTo(Duration.ofSeconds(1));
        assertThat(report.mistakeRecurrence().max()).isEqualTo(Duration.ofSeconds(20));
        assertThat(report.mistakeRecurrence().count()).isEqualTo(1);
        assertThat(report.goodPeriod().min()).isEqualTo(Duration.ofSeconds(10));
        assertThat(report.goodPeriod().max()).isEqualTo(Duration.ofSeconds(18));
    }

    @Test
    void suspicionThatLasts_isNotCountedYet() {
        QualityReport report =
                DetectorQuality.none().trusted(0).suspected(10 * SECOND).report(99 * SECOND);
        assertThat(report.mistakes()).isZero();
        assertThat(report.observed()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void crashToldLater_makesTheSuspicionRight() {
        DetectorQuality quality =
                DetectorQuality.none().trusted(0).suspected(10 * SECOND).crashed(7 * SECOND);
        QualityReport report = quality.report(99 * SECOND);
        assertThat(report.mistakes()).isZero();
        assertThat(report.observed()).isEqualTo(Duration.ofSeconds(7));
        assertThat(report.detectionTime().max()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void crashBeforeTheSuspicion_isDetectedThen() {
        QualityReport report = DetectorQuality.none()
                .trusted(0)
                .crashed(7 * SECOND)
                .suspected(11 * SECOND)
                .trusted(20 * SECOND)
                .suspected(25 * SECOND)
                .trusted(26 * SECOND)
                .report(27 * SECOND);
        assertThat(report.detectionTime().max()).isEqualTo(Duration.ofSeconds(4));
        assertThat(report.observed()).isEqualTo(Duration.ofSeconds(14));
        assertThat(report.mistakes()).isEqualTo(1);
        assertThat(report.mistakeRecurrence().count()).isZero();
    }

    @Test
    void crashOfAProcessThatWasWronglySuspected_isDetectedAtOnce() {
        QualityReport report = DetectorQuality.none()
                .trusted(0)
                .suspected(5 * SECOND)
                .crashed(8 * SECOND)
                .report(9 * SECOND);
        assertThat(report.detectionTime().max()).isZero();
        assertThat(report.detectionTime().count()).isEqualTo(1);
        assertThat(report.mistakes()).isEqualTo(1);
        assertThat(report.mistakeDuration().max()).isEqualTo(Duration.ofSeconds(3));
    }

    /** Against a timeline of one mark for each second, that is read afterwards. */
    @Property(tries = 1000)
    void report_agreesWithATimeline(@ForAll long seed) {
        Random random = new Random(seed);
        DetectorQuality quality = DetectorQuality.none();
        List<String> marks = new ArrayList<>();
        boolean alive = false;
        String said = "?";
        long now = 0;
        for (int i = 0; i < random.nextInt(60); i++) {
            long until = now + random.nextInt(4);
            for (; now < until; now++) {
                marks.add((alive ? "alive " : "dead ") + said);
            }
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    quality = quality.trusted(now * SECOND);
                    if (!alive) {
                        marks.add("begin");
                    }
                    alive = true;
                    said = "trust";
                }
                case 2, 3 -> {
                    quality = quality.suspected(now * SECOND);
                    said = said.equals("?") ? said : "suspect";
                }
                default -> {
                    quality = quality.crashed(now * SECOND);
                    if (alive) {
                        marks.add("crash " + said);
                    }
                    alive = false;
                }
            }
            marks.add("say " + said);
        }
        check(quality.report(now * SECOND), marks);
    }

    /** What a reader of the timeline counts. */
    private static void check(QualityReport report, List<String> marks) {
        long right = 0;
        long wrong = 0;
        long run = 0;
        boolean suspecting = false;
        List<Long> durations = new ArrayList<>();
        List<Long> detections = new ArrayList<>();
        long sinceCrash = -1;
        boolean alive = false;
        for (String mark : marks) {
            switch (mark) {
                case "alive trust" -> right++;
                case "alive suspect" -> run++;
                case "dead trust" -> sinceCrash++;
                case "begin" -> {
                    alive = true;
                    sinceCrash = -1;
                    suspecting = false;
                    run = 0;
                }
                case "say trust" -> {
                    if (alive && suspecting) {
                        durations.add(run);
                        wrong += run;
                    }
                    suspecting = false;
                    run = 0;
                }
                case "say suspect" -> {
                    if (alive) {
                        suspecting = true;
                    } else if (sinceCrash >= 0) {
                        detections.add(sinceCrash);
                        sinceCrash = -1;
                    }
                }
                case "crash suspect" -> {
                    alive = false;
                    if (run > 0) {
                        durations.add(run);
                        wrong += run;
                    }
                    detections.add(0L);
                    suspecting = false;
                }
                case "crash trust" -> {
                    alive = false;
                    sinceCrash = 0;
                }
                default -> {}
            }
        }
        assertThat(report.observed().toSeconds()).isEqualTo(right + wrong);
        assertThat(report.mistakes()).isEqualTo(durations.size());
        assertThat(report.mistakeDuration().count()).isEqualTo(durations.size());
        assertThat(report.mistakeDuration().mean().toSeconds())
                .isEqualTo((long) durations.stream().mapToLong(d -> d).average().orElse(0));
        assertThat(report.detectionTime().count()).isEqualTo(detections.size());
        assertThat(report.detectionTime().max().toSeconds())
                .isEqualTo(detections.stream().mapToLong(d -> d).max().orElse(0));
        assertThat(report.queryAccuracy())
                .isCloseTo(right + wrong == 0 ? 1 : (double) right / (right + wrong), within(1e-12));
    }
}
