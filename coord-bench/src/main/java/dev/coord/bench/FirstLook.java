package dev.coord.bench;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Kv;
import dev.coord.kv.Value;
import dev.coord.raft.LocalCluster;
import dev.coord.raft.LocalCluster.Network;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * A first look at Coord's speed beside raw Ratis with gRPC: three peers of each in this JVM, TCP on the loopback
 * interface, durable logs on the same disk, 128-byte values, rounds taken in turns. Prints medians and ratios, ends with
 * {@code RESULT {json}}, and exits with 1 if a bar is missed.
 */
public final class FirstLook {
    private static final int KEYS = 1000;
    private static final int WIDTH = 256;
    private static final Duration WARM_UP = Duration.ofSeconds(Long.getLong("speed.warmup", 6));
    private static final Duration WINDOW = Duration.ofSeconds(Long.getLong("speed.window", 3));
    private static final int ROUNDS = Integer.getInteger("speed.rounds", 3);

    private final PrintStream out = System.out;
    private final Map<String, List<Load.Figures>> measured = new LinkedHashMap<>();
    private final Value value = Value.of(new byte[128]);
    private final String[] keys = new String[KEYS];

    private FirstLook() {
        for (int i = 0; i < KEYS; i++) {
            keys[i] = String.format(Locale.ROOT, "/bench/key-%04d", i);
        }
    }

    /**
     * Runs the measurement.
     *
     * @param args none
     * @throws Exception if it cannot be run
     */
    public static void main(String[] args) throws Exception {
        System.exit(new FirstLook().run() ? 0 : 1);
    }

    private boolean run() throws Exception {
        Path directory = Files.createTempDirectory("coord-speed-");
        try (LocalCluster cluster = LocalCluster.builder()
                        .network(Network.TCP)
                        .electionTimeout(Duration.ofSeconds(1))
                        .directory(directory.resolve("coord"))
                        .start();
                RawRatis ratis = new RawRatis(directory.resolve("ratis"), freePorts())) {
            String leader = cluster.awaitLeader(Duration.ofSeconds(10));
            String follower = cluster.ids().stream()
                    .filter(id -> !id.equals(leader))
                    .findFirst()
                    .orElseThrow();
            Coord atLeader = cluster.coord(leader);
            Coord atFollower = cluster.coord(follower);
            out.println("warming up: " + WARM_UP.toSeconds() + " s for each kind of work");
            round(WARM_UP, ratis, atLeader, atFollower);
            measured.clear();
            for (int i = 1; i <= ROUNDS; i++) {
                out.println("round " + i + " of " + ROUNDS);
                round(WINDOW, ratis, atLeader, atFollower);
            }
        } finally {
            deleteAll(directory);
        }
        return report();
    }

    private void round(Duration window, RawRatis ratis, Coord leader, Coord follower) throws Exception {
        byte[] entry = new byte[160];
        note(
                "ratis.append.1",
                Load.oneByOne(window, i -> ratis.append(entry.clone()).get()));
        note("coord.put.leader.1", Load.oneByOne(window, i -> put(leader, i)));
        note("ratis.append.256", Load.inFlight(WIDTH, window, i -> ratis.append(entry.clone())));
        note("coord.put.leader.256", Load.inFlight(WIDTH, window, i -> putAsync(leader, i)));
        note("coord.put.follower.1", Load.oneByOne(window, i -> put(follower, i)));
        note("coord.put.follower.256", Load.inFlight(WIDTH, window, i -> putAsync(follower, i)));
        reads("leader", window, leader.kv());
        reads("follower", window, follower.kv());
    }

    private void reads(String where, Duration window, Kv kv) throws Exception {
        Consistency linearizable = Consistency.linearizable();
        Consistency sequential = Consistency.sequential();
        note("coord.get.linearizable." + where + ".1", Load.oneByOne(window, i -> kv.get(key(i), linearizable)));
        note(
                "coord.get.linearizable." + where + ".256",
                Load.inFlight(WIDTH, window, i -> kv.getAsync(key(i), linearizable)));
        note("coord.get.sequential." + where, Load.bulk(window, i -> kv.get(key(i), sequential)));
    }

    private String key(long i) {
        return keys[(int) (i % KEYS)];
    }

    private void put(Coord coord, long i) throws InterruptedException {
        coord.kv().put(key(i), value);
    }

    private CompletableFuture<?> putAsync(Coord coord, long i) {
        return coord.kv().putAsync(key(i), value);
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
        double[] sorted = measured.getOrDefault(work, List.of()).stream()
                .mapToDouble(figure)
                .sorted()
                .toArray();
        return sorted[sorted.length / 2];
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
                "RESULT {%s\"latencyRatio\":%.3f,\"writesRatio\":%.2f,\"passed\":%b}%n",
                json,
                latency,
                writes,
                passed);
        return passed;
    }

    private static int[] freePorts() throws IOException {
        int[] ports = new int[3];
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < ports.length; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            ports[i] = socket.getLocalPort();
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    private static void deleteAll(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
