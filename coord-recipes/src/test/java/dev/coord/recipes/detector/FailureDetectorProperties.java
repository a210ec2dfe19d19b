package dev.coord.recipes.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class FailureDetectorProperties {

    @Provide
    Arbitrary<DetectorConfig> configs() {
        return Arbitraries.of(FailureDetectorTest.configs());
    }

    @Property
    void suspicion_isFiniteAndDoesNotFallUntilTheNextHeartbeat(
            @ForAll("configs") DetectorConfig config,
            @ForAll @Size(min = 1, max = 60) List<@LongRange(min = 0, max = 20_000_000_000L) Long> gaps,
            @ForAll @Size(min = 1, max = 30) List<@LongRange(min = 0, max = 100_000_000_000L) Long> steps) {
        FailureDetector detector = config.newDetector();
        long now = -50_000_000_000L;
        for (long gap : gaps) {
            now += gap;
            detector.heartbeat(now);
        }
        double before = 0;
        for (long step : steps) {
            now += step;
            double suspicion = detector.suspicion(now);
            assertThat(suspicion).isFinite().isGreaterThanOrEqualTo(before);
            before = suspicion;
        }
    }

    /** The phi detector written anew: every interval kept in a list, mean and deviation in decimal arithmetic. */
    @Property(tries = 200)
    void phi_agreesWithANaiveModel(
            @ForAll @Size(min = 1, max = 80) List<@LongRange(min = 0, max = 9_000_000_000L) Long> gaps,
            @ForAll @LongRange(min = 0, max = 12_000_000_000L) long silence,
            @ForAll @IntRange(min = 2, max = 20) int window) {
        DetectorConfig.Phi akka = DetectorConfig.phi();
        DetectorConfig.Phi config =
                new DetectorConfig.Phi(8, window, akka.minDeviation(), akka.acceptablePause(), akka.firstInterval());
        FailureDetector detector = config.newDetector();
        List<Long> kept = new ArrayList<>(List.of(750_000_000L, 1_250_000_000L));
        long now = 0;
        detector.heartbeat(now);
        for (long gap : gaps) {
            if (naivePhi(kept, window, gap) < 8) {
                kept.add(gap);
            }
            now += gap;
            detector.heartbeat(now);
        }
        double expected = naivePhi(kept, window, silence);
        assertThat(detector.suspicion(now + silence)).isCloseTo(expected, within(1e-9 * Math.max(1, expected)));
    }

    private static double naivePhi(List<Long> kept, int window, long silence) {
        List<Long> last = kept.subList(Math.max(0, kept.size() - window), kept.size());
        double y = (silence - naiveMean(last) - 3e9) / Math.max(1e8, naiveDeviation(last));
        return NormalTail.minusLog10(y);
    }

    private static double naiveMean(List<Long> samples) {
        BigDecimal sum = samples.stream().map(BigDecimal::valueOf).reduce(BigDecimal.ZERO, BigDecimal::add);
        return sum.divide(BigDecimal.valueOf(samples.size()), MathContext.DECIMAL128)
                .doubleValue();
    }

    private static double naiveDeviation(List<Long> samples) {
        BigDecimal n = BigDecimal.valueOf(samples.size());
        BigDecimal sum = samples.stream().map(BigDecimal::valueOf).reduce(BigDecimal.ZERO, BigDecimal::add);
        BigDecimal squares = samples.stream()
                .map(sample -> BigDecimal.valueOf(sample).pow(2))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        BigDecimal variance = n.multiply(squares).subtract(sum.pow(2)).divide(n.pow(2), MathContext.DECIMAL128);
        return variance.sqrt(MathContext.DECIMAL128).doubleValue();
    }

    /** Ten million samples that change their scale: what is kept is that of the last thousand alone, to the last digits. */
    @Example
    void tenMillionSamples_leaveNoTraceInTheWindow() {
        Random random = new Random(17);
        IntervalWindow window = new IntervalWindow(1000);
        long[] last = new long[1000];
        for (int i = 0; i < 10_000_000; i++) {
            long scale = i / 1_000_000 % 2 == 0 ? 80_000_000_000_000L : 1_000;
            long sample = (long) (random.nextDouble() * scale);
            window.add(sample);
            last[i % 1000] = sample;
            if (i % 500_000 == 499_999) {
                List<Long> naive = java.util.Arrays.stream(last).boxed().toList();
                assertThat(window.mean()).isCloseTo(naiveMean(naive), within(1e-12 * scale));
                assertThat(window.deviation()).isCloseTo(naiveDeviation(naive), within(1e-12 * scale));
            }
        }
    }

    /** The adaptive detector against the estimate of the paper with the true sequence numbers, delays below half of η. */
    @Property(tries = 200)
    void adaptive_agreesWithNumberedHeartbeats(
            @ForAll @Size(min = 2, max = 100) List<@LongRange(min = 0, max = 490_000_000L) Long> delays,
            @ForAll @IntRange(min = 0, max = 99) int lossPercent,
            @ForAll long seed) {
        Random random = new Random(seed);
        FailureDetector detector =
                new DetectorConfig.Adaptive(32, Duration.ofSeconds(1), Duration.ofHours(1)).newDetector();
        List<Long> offsets = new ArrayList<>();
        // Right in the middle, so that every other delay is less than half of η away from it.
        detector.heartbeat(245_000_000L);
        offsets.add(245_000_000L);
        long last = 245_000_000L;
        long number = 0;
        for (int i = 0; i < delays.size(); i++) {
            if (random.nextInt(100) >= lossPercent) {
                number = i + 1;
                last = number * 1_000_000_000L + delays.get(i);
                detector.heartbeat(last);
                offsets.add(delays.get(i));
            }
        }
        double expected =
                (number + 1) * 1e9 + naiveMean(offsets.subList(Math.max(0, offsets.size() - 32), offsets.size()));
        long later = last + 1_800_000_000_000L;
        assertThat(detector.suspicion(later)).isCloseTo((later - expected) / 3.6e12, within(1e-12));
    }
}
