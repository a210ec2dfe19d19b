package dev.coord.examples.detectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.net.Datagrams;
import dev.coord.raft.UdpDatagrams;
import dev.coord.recipes.detector.DetectorConfig;
import dev.coord.recipes.detector.HeartbeatCounters;
import dev.coord.recipes.detector.HeartbeatListener;
import dev.coord.recipes.detector.HeartbeatService;
import dev.coord.recipes.detector.Refusal;
import dev.coord.time.Ticker;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Heartbeats over the sockets of this machine, among strangers. */
@Timeout(120)
class HeartbeatUdpIT {
    private static final String HOST = "127.0.0.1";
    private static final byte[] KEY = new byte[32];
    private static final List<String> IDS = List.of("n1", "n2", "n3");

    private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledExecutorService callbacks = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final Map<String, HeartbeatService> services = new LinkedHashMap<>();
    private final Map<String, BlockingQueue<String>> told = new LinkedHashMap<>();
    private final Queue<byte[]> recorded = new ConcurrentLinkedQueue<>();

    /** Remembers what it receives, as somebody on the way might. */
    private record Recording(Datagrams inner, Queue<byte[]> recorded) implements Datagrams {
        @Override
        public String address() {
            return inner.address();
        }

        @Override
        public int maxPayload() {
            return inner.maxPayload();
        }

        @Override
        public void send(String to, byte[] payload) {
            inner.send(to, payload);
        }

        @Override
        public void receive(Receiver receiver) {
            inner.receive((from, payload) -> {
                if (recorded.size() < 500) {
                    recorded.add(payload.clone());
                }
                receiver.receive(from, payload);
            });
        }

        @Override
        public void close() {
            inner.close();
        }
    }

    private record Teller(BlockingQueue<String> told) implements HeartbeatListener {
        @Override
        public void suspected(String id, long incarnation) {
            told.add("suspected " + id);
        }

        @Override
        public void trusted(String id, long incarnation) {
            told.add("trusted " + id);
        }
    }

    private void startAll() {
        Map<String, Datagrams> sockets = new LinkedHashMap<>();
        for (String id : IDS) {
            UdpDatagrams socket = UdpDatagrams.bind(HOST, 0);
            addresses.put(id, socket.address());
            sockets.put(id, id.equals("n1") ? new Recording(socket, recorded) : socket);
        }
        for (String id : IDS) {
            told.put(id, new LinkedBlockingQueue<>());
            services.put(
                    id,
                    HeartbeatService.builder()
                            .self(id, 1)
                            .cluster("test", List.of(KEY))
                            .datagrams(sockets.get(id))
                            .time(Ticker.system(), (delay, task) -> {
                                ScheduledFuture<?> timer = timers.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                                return () -> timer.cancel(false);
                            })
                            .interval(Duration.ofMillis(40))
                            .detector(DetectorConfig.deadline(Duration.ofSeconds(2)))
                            .members(addresses)
                            .listener(new Teller(told.get(id)), callbacks)
                            .start());
        }
    }

    private void awaitTold(String id, String... events) throws InterruptedException {
        List<String> heard = new ArrayList<>();
        while (!heard.containsAll(List.of(events))) {
            String event = told.get(id).poll(30, TimeUnit.SECONDS);
            assertThat(event).as("%s was told %s", id, heard).isNotNull();
            heard.add(event);
        }
        assertThat(heard).containsExactlyInAnyOrder(events);
    }

    @AfterEach
    void close() {
        services.values().forEach(HeartbeatService::close);
        timers.shutdownNow();
        callbacks.shutdownNow();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("coord-udp"));
    }

    @Test
    void strangersDatagrams_neitherHarmNorKeepTheDeadAlive() throws Exception {
        startAll();
        for (String id : IDS) {
            awaitTold(
                    id,
                    IDS.stream()
                            .filter(other -> !other.equals(id))
                            .map(other -> "trusted " + other)
                            .toArray(String[]::new));
        }
        services.get("n2").close();
        List<byte[]> copies = List.copyOf(recorded);
        fuzz(copies);
        awaitTold("n1", "suspected n2");
        long before = services.get("n1").counters().refused(Refusal.REPLAYED);
        fuzz(copies);
        HeartbeatService n1 = services.get("n1");
        assertThat(n1.isSuspected("n2")).isTrue();
        assertThat(n1.isSuspected("n3")).isFalse();
        assertThat(told.get("n1")).isEmpty();
        HeartbeatCounters counters = n1.counters();
        assertThat(counters.refused(Refusal.REPLAYED)).isGreaterThan(before);
        assertThat(counters.refused(Refusal.FORGED)).isPositive();
        assertThat(counters.refused(Refusal.MALFORMED)).isPositive();
        assertThat(counters.refused(Refusal.OVERSIZE)).isPositive();
        assertThat(counters.refused().values().stream().mapToLong(n -> n).sum()).isLessThanOrEqualTo(10_000 + 20);
    }

    /** Five thousand datagrams to n1: copies, cut, altered and random ones. */
    private void fuzz(List<byte[]> copies) throws Exception {
        Random random = new Random(4);
        int colon = addresses.get("n1").lastIndexOf(':');
        InetSocketAddress to =
                new InetSocketAddress(HOST, Integer.parseInt(addresses.get("n1").substring(colon + 1)));
        try (DatagramSocket stranger = new DatagramSocket()) {
            for (int i = 0; i < 5_000; i++) {
                byte[] bytes =
                        fuzzed(random, copies.get(random.nextInt(copies.size())).clone());
                stranger.send(new DatagramPacket(bytes, bytes.length, to));
            }
        }
    }

    private static byte[] fuzzed(Random random, byte[] copy) {
        switch (random.nextInt(4)) {
            case 0 -> {
                return copy;
            }
            case 1 -> {
                return Arrays.copyOf(copy, random.nextInt(copy.length));
            }
            case 2 -> {
                copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
                return copy;
            }
            default -> {
                byte[] bytes = new byte[random.nextInt(2_000)];
                random.nextBytes(bytes);
                return bytes;
            }
        }
    }
}
