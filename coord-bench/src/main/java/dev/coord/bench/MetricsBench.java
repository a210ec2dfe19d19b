package dev.coord.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What metrics cost: puts at 256 in flight with all meters bound and scraped every second, beside puts without. The two take turns, and
 * which of them is first alternates, so that what drifts favours neither; the ratio is the median of that of each pair.
 */
final class MetricsBench {
    /** Metered puts must reach so great a part of plain ones. */
    private static final double BAR = 0.98;

    /** Pairs in a round, and how much shorter than a window their turns are: many short turns say more than few long ones. */
    private static final int PAIRS = 8;

    private static final int SHORTER = 2;

    private final BenchSettings settings;
    private final PrintStream out;
    private final List<Double> ratios = new ArrayList<>();
    private final List<Double> plain = new ArrayList<>();
    private final List<Double> metered = new ArrayList<>();

    private MetricsBench(BenchSettings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    static boolean run(BenchSettings settings, PrintStream out) throws Exception {
        Path directory = Files.createTempDirectory("coord-bench-");
        try (Subject subject =
                new Subject(MetricsSubject.class, "Coord", directory, part -> !part.contains("metrics-default"))) {
            return new MetricsBench(settings, out).measure(subject);
        } finally {
            FirstLook.deleteAll(directory);
        }
    }

    private boolean measure(Subject subject) throws IOException {
        out.println("warming up: " + settings.warmUp().toMillis() + " ms each");
        subject.measure(MetricsSubject.PLAIN, settings.warmUp());
        subject.measure(MetricsSubject.METERED, settings.warmUp());
        Duration turn = settings.window().dividedBy(SHORTER);
        for (int i = 1; i <= settings.rounds(); i++) {
            for (int pair = 0; pair < PAIRS; pair++) {
                measure(subject, turn, pair % 2 == 0);
            }
            out.printf(
                    Locale.ROOT,
                    "round %d of %d: %,.0f puts a second plain, %,.0f metered%n",
                    i,
                    settings.rounds(),
                    median(plain),
                    median(metered));
        }
        return report();
    }

    private void measure(Subject subject, Duration turn, boolean plainFirst) throws IOException {
        String first = plainFirst ? MetricsSubject.PLAIN : MetricsSubject.METERED;
        String second = plainFirst ? MetricsSubject.METERED : MetricsSubject.PLAIN;
        double one = subject.measure(first, turn).perSecond();
        double other = subject.measure(second, turn).perSecond();
        plain.add(plainFirst ? one : other);
        metered.add(plainFirst ? other : one);
        ratios.add(plainFirst ? other / one : one / other);
    }

    private boolean report() {
        double ratio = median(ratios);
        boolean passed = ratio >= BAR;
        out.printf(
                Locale.ROOT,
                "metered to plain: %.3f (at least %.2f); half of the %d pairs within %.3f and %.3f%n",
                ratio,
                BAR,
                ratios.size(),
                quantile(ratios, 0.25),
                quantile(ratios, 0.75));
        out.printf(
                Locale.ROOT,
                "RESULT {\"work\":\"metrics\",\"plainPerSecond\":%.0f,\"meteredPerSecond\":%.0f,\"pairs\":%d,"
                        + "\"ratio\":%.4f,\"passed\":%b}%n",
                median(plain),
                median(metered),
                ratios.size(),
                ratio,
                passed);
        return passed;
    }

    private static double median(List<Double> values) {
        return quantile(values, 0.5);
    }

    private static double quantile(List<Double> values, double part) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(part * sorted.size())));
    }
}
