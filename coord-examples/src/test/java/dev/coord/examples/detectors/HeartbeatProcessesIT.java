package dev.coord.examples.detectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.examples.heartbeat.HeartbeatNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Five processes on this machine that are killed, stopped and let go on. */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class HeartbeatProcessesIT {
    private static final List<String> IDS = List.of("n1", "n2", "n3", "n4", "n5");
    private static final int INTERVAL_MILLIS = 200;

    /**
     * After the last heartbeat: the mean interval, the acceptable pause of 3 s, 5.7 deviations of 100 ms, and a look every quarter
     * of an interval make 3.9 s; the deviation of a busy machine may be twice as large.
     */
    private static final Duration BOUND = Duration.ofMillis(4_500);

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Map<String, Node> nodes = new LinkedHashMap<>();

    /** A process, and what it has printed. */
    private static final class Node {
        final Process process;
        final BlockingQueue<String> printed = new LinkedBlockingQueue<>();
        final List<String> seen = new ArrayList<>();

        Node(Process process) {
            this.process = process;
            Thread reader = new Thread(this::read, "reader-" + process.pid());
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    printed.add(line);
                }
            } catch (IOException e) {
                printed.add("cannot be read: " + e);
            }
        }

        /** Waits for a line, and returns the reading of the clock when it came. */
        long await(String line, Duration limit) throws InterruptedException {
            long end = System.nanoTime() + limit.toNanos();
            while (!seen.contains(line)) {
                String next = printed.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (next == null) {
                    throw new AssertionError("not within " + limit + ": " + line + "; but: " + seen);
                }
                seen.add(next);
            }
            return System.nanoTime();
        }

        List<String> all() {
            printed.drainTo(seen);
            return seen;
        }
    }

    @BeforeEach
    void start() throws Exception {
        String members = IDS.stream().map(id -> id + "=127.0.0.1:" + freePort()).collect(Collectors.joining(","));
        for (String id : IDS) {
            nodes.put(id, start(id, 1, members));
        }
        for (String id : IDS) {
            for (String other : others(id)) {
                node(id).await("trusted " + other + " #1", LIMIT);
            }
        }
    }

    private static Node start(String id, long incarnation, String members) throws IOException {
        return new Node(new ProcessBuilder(
                        new File(System.getProperty("java.home"), "bin/java").getPath(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HeartbeatNode.class.getName(),
                        id,
                        Long.toString(incarnation),
                        members,
                        "00112233445566778899aabbccddeeff",
                        Integer.toString(INTERVAL_MILLIS))
                .redirectErrorStream(true)
                .start());
    }

    private static int freePort() {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> others(String id) {
        return IDS.stream().filter(other -> !other.equals(id)).toList();
    }

    private Node node(String id) {
        Node node = nodes.get(id);
        if (node == null) {
            throw new AssertionError("no " + id);
        }
        return node;
    }

    @AfterEach
    void end() {
        nodes.values().forEach(node -> node.process.destroyForcibly());
    }

    private void signal(String signal, String id) throws Exception {
        Process kill = new ProcessBuilder(
                        "kill", "-" + signal, Long.toString(node(id).process.pid()))
                .start();
        assertThat(kill.waitFor()).isZero();
    }

    private void assertSuspectedBy(List<String> observers, String id, long since) throws InterruptedException {
        for (String observer : observers) {
            Duration after = Duration.ofNanos(node(observer).await("suspected " + id + " #1", LIMIT) - since);
            System.out.println(observer + " suspects " + id + " after " + after.toMillis() + " ms");
            assertThat(after).as(observer + " suspects " + id).isLessThan(BOUND);
        }
    }

    @Test
    void killedAndStoppedProcesses_areSuspectedInTime_andNobodyElseIs() throws Exception {
        long killed = System.nanoTime();
        signal("KILL", "n5");
        assertSuspectedBy(List.of("n1", "n2", "n3", "n4"), "n5", killed);

        long stopped = System.nanoTime();
        signal("STOP", "n4");
        assertSuspectedBy(List.of("n1", "n2", "n3"), "n4", stopped);
        signal("CONT", "n4");
        for (String observer : List.of("n1", "n2", "n3")) {
            awaitTrustedAgain(observer);
        }

        // n4 may notice while it stands still that n5 is dead; whoever lives it does not accuse.
        for (String id : List.of("n1", "n2", "n3", "n4")) {
            assertThat(node(id).all().stream().filter(line -> line.startsWith("suspected")))
                    .as(id)
                    .isSubsetOf("suspected n5 #1", "suspected n4 #1");
        }
        assertThat(node("n4").all()).anyMatch(line -> line.startsWith("paused "));
    }

    /** It was trusted once before, at the start. */
    private void awaitTrustedAgain(String observer) throws InterruptedException {
        Node node = node(observer);
        node.seen.remove("trusted n4 #1");
        node.await("trusted n4 #1", LIMIT);
    }
}
