package dev.coord.recipes.broadcast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Causal order and delivery, against {@link CausalOracle}, on networks that lose, double, delay, cut, pause and crash. */
@Timeout(120)
class CausalBroadcastSimulationTest {
    private static final int SEEDS = 40;
    private static final int SEEDS_OF_CRASHES = 40;
    private static final int STEPS = 60;

    @Test
    void disturbedNetwork_deliversEverythingOnceEverywhere_inCausalOrder() {
        int concurrent = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            try (Run run = new Run(seed)) {
                for (int i = 0; i < STEPS; i++) {
                    run.step();
                }
                run.calm();
                run.oracle.check();
                concurrent += run.oracle.concurrentPairs();
            }
        }
        assertThat(concurrent).as("concurrent pairs, else this shows nothing").isGreaterThan(SEEDS * 100);
    }

    @Test
    void crashesAndRestarts_keepCausalOrder_andLoseNothingBetweenThoseWhoLive() {
        int survivorsMessages = 0;
        for (int seed = 1; seed <= SEEDS_OF_CRASHES; seed++) {
            try (Run run = new Run(seed)) {
                for (int i = 0; i < STEPS; i++) {
                    if (run.chaos.chance(0.05)) {
                        run.crashOrRestart();
                    }
                    run.step();
                }
                run.calm();
                run.oracle.check();
                survivorsMessages += run.sentByLiving();
                run.checkThatTheNewAreDeliveredWhatIsBroadcastNow();
            }
        }
        assertThat(survivorsMessages).isGreaterThan(SEEDS_OF_CRASHES * 10);
    }

    /** One execution. */
    private static final class Run implements AutoCloseable {
        final Chaos chaos;
        final CausalOracle oracle = new CausalOracle();
        private final Map<String, CausalBroadcast> open = new TreeMap<>();

        /** Which process of the peer runs, and how many messages each sent. */
        private final Map<String, String> processes = new HashMap<>();

        private final Map<String, List<String>> sent = new HashMap<>();
        private final Set<String> restarted = new HashSet<>();
        private int messages;

        Run(long seed) {
            chaos = new Chaos(4, seed);
            chaos.ids().forEach(peer -> open(peer, peer + "-0"));
        }

        private void open(String peer, String process) {
            processes.put(peer, process);
            open.put(
                    peer,
                    CausalBroadcast.open(
                            chaos.group(peer),
                            delivery ->
                                    oracle.delivers(process, delivery.payload().asString())));
        }

        void step() {
            String peer = chaos.anyPeer();
            if (open.containsKey(peer) && chaos.cluster.isRunning(peer)) {
                broadcast(peer);
            }
            if (chaos.chance(0.15)) {
                chaos.disturb();
            }
            chaos.advance(4);
        }

        private String broadcast(String peer) {
            String process = processes.get(peer);
            String message = "m" + messages++ + " of " + process;
            oracle.broadcasts(process, message);
            sent.computeIfAbsent(process, key -> new ArrayList<>()).add(message);
            open.get(peer).broadcast(Value.of(message));
            return message;
        }

        /** Crashes one, or brings back the one that is. */
        void crashOrRestart() {
            if (open.size() == chaos.ids().size()) {
                String peer = chaos.anyPeer();
                chaos.crash(peer);
                open.remove(peer);
                restarted.add(peer);
            } else {
                chaos.ids().stream().filter(id -> !open.containsKey(id)).forEach(this::restart);
            }
        }

        private void restart(String peer) {
            chaos.endAll();
            open(peer, peer + "-" + messages++);
        }

        /** Ends all faults and waits for what the living have sent each other. */
        void calm() {
            chaos.ids().stream().filter(id -> !open.containsKey(id)).forEach(this::restart);
            chaos.endAll();
            chaos.cluster.runUntil(
                    "everything delivered",
                    Duration.ofMinutes(1),
                    () -> open.values().stream()
                            .allMatch(each -> each.blockedBy().isEmpty()));
            chaos.cluster.advance(Duration.ofMillis(200));
            List<String> living =
                    chaos.ids().stream().filter(id -> !restarted.contains(id)).toList();
            for (String receiver : living) {
                for (String sender : living) {
                    assertThat(oracle.deliveredTo(processes.get(receiver)))
                            .as("from " + sender + " to " + receiver)
                            .containsAll(sentBy(sender));
                }
            }
        }

        private List<String> sentBy(String peer) {
            return sent.getOrDefault(processes.get(peer), List.of());
        }

        int sentByLiving() {
            return chaos.ids().stream()
                    .filter(id -> !restarted.contains(id))
                    .mapToInt(id -> sentBy(id).size())
                    .sum();
        }

        void checkThatTheNewAreDeliveredWhatIsBroadcastNow() {
            List<String> now = new ArrayList<>();
            for (String peer : chaos.ids()) {
                now.add(broadcast(peer));
                chaos.advance(2);
            }
            chaos.cluster.advance(Duration.ofSeconds(1));
            for (String peer : chaos.ids()) {
                assertThat(oracle.deliveredTo(processes.get(peer)))
                        .as("delivered to " + peer + " in " + chaos.cluster + ", which waits for "
                                + open.get(peer).blockedBy())
                        .containsAll(now);
            }
            oracle.check();
        }

        @Override
        public void close() {
            chaos.close();
        }
    }
}
