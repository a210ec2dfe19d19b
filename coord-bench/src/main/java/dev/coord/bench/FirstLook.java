package dev.coord.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * A first look at Coord's speed beside raw Ratis with gRPC: three peers of each in a JVM of their own, TCP on the loopback
 * interface, durable logs on the same disk, 128-byte values, rounds taken in turns. Raw Ratis runs as it comes, and once
 * more with its metrics turned off. Prints medians and ratios, ends with {@code RESULT {json}}, and exits with 1 if a bar
 * is missed.
 */
public final class FirstLook {
    /** Operations in flight. */
    static final int WIDTH = 256;

    private static final Duration WARM_UP = Duration.ofSeconds(Long.getLong("speed.warmup", 6));
    private static final Duration WINDOW = Duration.ofSeconds(Long.getLong("speed.window", 3));
    private static final int ROUNDS = Integer.getInteger("speed.rounds", 3);

    private final PrintStream out = System.out;
    private final Map<String, List<Load.Figures>> measured = new LinkedHashMap<>();

    private FirstLook() {}

    /**
     * Runs the measurement.
     *
     * @param args none
     * @throws Exception if it cannot be run
     */
    public static void main(String[] args) throws Exception {
        System.exit(new FirstLook().run() ? 0 : 1);
    }

    private boolean run() throws IOException {
        Path directory = Files.createTempDirectory("coord-speed-");
        try (Subject coord = new Subject(
                        CoordSubject.class,
                        "Coord",
                        directory.resolve("coord"),
                        part -> !part.contains("metrics-default"));
                Subject ratis = new Subject(
                        RawRatis.class, "Ratis", directory.resolve("ratis"), part -> !part.contains("coord-raft"));
                Subject bare = new Subject(
                        RawRatis.class,
                        "Ratis without metrics",
                        directory.resolve("bare"),
                        part -> !part.contains("metrics-default"))) {
            out.println("warming up: " + WARM_UP.toSeconds() + " s for each kind of work");
            round(WARM_UP, ratis, bare, coord);
            measured.clear();
            for (int i = 1; i <= ROUNDS; i++) {
                out.println("round " + i + " of " + ROUNDS);
                round(WINDOW, ratis, bare, coord);
            }
        } finally {
            deleteAll(directory);
        }
        return report();
    }

    private void round(Duration window, Subject ratis, Subject bare, Subject coord) throws IOException {
        note("ratis.append.1", ratis.measure("append.1", window));
        note("ratis-without-metrics.append.1", bare.measure("append.1", window));
        note("coord.put.leader.1", coord.measure("put.leader.1", window));
        note("ratis.append.256", ratis.measure("append.256", window));
        note("ratis-without-metrics.append.256", bare.measure("append.256", window));
        for (String work : List.of(
                "put.leader.256",
                "put.follower.1",
                "put.follower.256",
                "get.linearizable.leader.1",
                "get.linearizable.leader.256",
                "get.sequential.leader",
                "get.linearizable.follower.1",
                "get.linearizable.follower.256",
                "get.sequential.follower")) {
            note("coord." + work, coord.measure(work, window));
        }
    }

    private void note(String work, Load.Figures figures) {
        measured.computeIfAbsent(work, name -> new ArrayList<>()).add(figures);
        out.printf(
                Locale.ROOT,
                "  %-36s %,12.0f /s   p50 %8.1f us   p99 %9.1f us%n",
                work,
                figures.perSecond(),
                figures.p50Micros(),
                figures.p99Micros());
    }

    private double median(String work, ToDoubleFunction<Load.Figures> figure) {
        return Load.median(measured.getOrDefault(work, List.of()), figure).orElseThrow();
    }

    private boolean report() {
        double latency = median("coord.put.leader.1", Load.Figures::p50Micros)
                / median("ratis.append.1", Load.Figures::p50Micros);
        double writes = median("coord.put.leader.256", Load.Figures::perSecond)
                / median("ratis.append.256", Load.Figures::perSecond);
        double linearizable = median("coord.get.linearizable.follower.256", Load.Figures::perSecond);
        double sequential = median("coord.get.sequential.follower", Load.Figures::perSecond);
        boolean passed = latency <= 0.5 && writes >= 6 && linearizable >= 100_000 && sequential >= 2_000_000;
        out.printf(Locale.ROOT, "p50 of a single write, Coord to Ratis:        %.2f (at most 0.50)%n", latency);
        out.printf(Locale.ROOT, "writes at 256 in flight, Coord to Ratis:      %.1f (at least 6)%n", writes);
        double bare = median("coord.put.leader.256", Load.Figures::perSecond)
                / median("ratis-without-metrics.append.256", Load.Figures::perSecond);
        out.printf(Locale.ROOT, "  and to Ratis with its metrics turned off:   %.1f%n", bare);
        out.printf(
                Locale.ROOT,
                "linearizable reads at a follower, 256 deep:   %,.0f /s (at least 100,000)%n",
                linearizable);
        out.printf(
                Locale.ROOT,
                "sequential reads at a follower:               %,.0f /s (at least 2,000,000)%n",
                sequential);
        StringBuilder json = new StringBuilder();
        measured.keySet()
                .forEach(work -> json.append(String.format(
                        Locale.ROOT,
                        "\"%s\":{\"perSecond\":%.0f,\"p50Micros\":%.1f,\"p99Micros\":%.1f},",
                        work,
                        median(work, Load.Figures::perSecond),
                        median(work, Load.Figures::p50Micros),
                        median(work, Load.Figures::p99Micros))));
        out.printf(
                Locale.ROOT,
                "RESULT {%s\"latencyRatio\":%.3f,\"writesRatio\":%.2f,\"writesRatioWithoutMetrics\":%.2f,\"passed\":%b}%n",
                json,
                latency,
                writes,
                bare,
                passed);
        return passed;
    }

    static void deleteAll(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
