package dev.coord.recipes.broadcast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.recipes.causality.LamportClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One holder at a time, everybody's turn, in the order of stamps, on networks that lose, double, delay, cut and pause. */
@Timeout(120)
class LamportMutexSimulationTest {
    private static final int SEEDS = 70;
    private static final int STEPS = 40;

    @Test
    void disturbedNetwork_neverHasTwoHolders_andGrantsAllInTheOrderOfStamps() {
        int contended = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            try (Run run = new Run(seed)) {
                for (int i = 0; i < STEPS; i++) {
                    run.step();
                }
                run.calm();
                assertThat(run.violations).isEmpty();
                assertThat(run.granted).isSorted().doesNotHaveDuplicates();
                assertThat(run.granted.size() + run.givenUp).isEqualTo(run.asked);
                contended += run.mostWaiting > 1 ? 1 : 0;
            }
        }
        assertThat(contended).as("runs in which several waited").isGreaterThan(SEEDS / 2);
    }

    /** A holder that crashes never gives it back: nobody else may be granted, whoever restarts and forgets. */
    @Test
    void crashesAndRestarts_neverMakeASecondHolder() {
        int diedHolding = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            try (Run run = new Run(seed)) {
                for (int i = 0; i < STEPS / 2; i++) {
                    run.step();
                }
                run.restartAHolder();
                diedHolding += run.holders.size();
                for (int i = 0; i < STEPS / 2; i++) {
                    run.step();
                }
                run.chaos.endAll();
                run.chaos.cluster.advance(Duration.ofSeconds(1));
                assertThat(run.violations).isEmpty();
            }
        }
        assertThat(diedHolding).as("runs in which somebody held at the crash").isGreaterThan(SEEDS / 20);
    }

    private static final class Run implements AutoCloseable {
        final Chaos chaos;
        final List<LamportClock> granted = new ArrayList<>();
        int asked;
        int givenUp;
        int mostWaiting;
        private final Map<String, LamportMutex> open = new TreeMap<>();
        /** Those who hold, the dead included. */
        final Set<String> holders = new TreeSet<>();

        final List<String> violations = new ArrayList<>();
        private int waiting;

        Run(long seed) {
            chaos = new Chaos(3, seed);
            chaos.ids().forEach(id -> open.put(id, LamportMutex.open(chaos.group(id))));
        }

        void step() {
            String peer = chaos.anyPeer();
            if (chaos.cluster.isRunning(peer)) {
                ask(peer);
            }
            if (chaos.chance(0.15)) {
                chaos.disturb();
            }
            chaos.advance(6);
        }

        private void ask(String peer) {
            asked++;
            waiting++;
            mostWaiting = Math.max(mostWaiting, waiting);
            LamportMutex mutex = open.get(peer);
            CompletableFuture<MutexHandle> request = chaos.chance(0.2)
                    ? mutex.acquireAsync(Duration.ofMillis(1 + chaos.random.nextInt(20)))
                    : mutex.acquireAsync();
            Duration use = Duration.ofNanos(chaos.random.nextInt(2_000_000));
            CompletableFuture<Void> ignored = request.handle((handle, failure) -> {
                waiting--;
                if (failure == null) {
                    hold(peer, handle, use);
                } else {
                    refused(failure);
                }
                return null;
            });
        }

        private void refused(Throwable failure) {
            givenUp++;
            if (!(failure instanceof MutexTimeoutException || failure instanceof MemberRestartedException)) {
                violations.add(failure.toString());
            }
        }

        private void hold(String peer, MutexHandle handle, Duration use) {
            if (!holders.isEmpty()) {
                violations.add(handle + " was granted, while there is " + holders);
            }
            String holder = peer + " with " + handle.stamp();
            holders.add(holder);
            granted.add(handle.stamp());
            chaos.cluster.coord(peer).scheduler().schedule(use, () -> {
                holders.remove(holder);
                handle.close();
            });
        }

        /** Or anybody, if there is no holder. */
        void restartAHolder() {
            String peer = holders.stream()
                    .findFirst()
                    .map(holder -> holder.substring(0, 2))
                    .orElseGet(chaos::anyPeer);
            chaos.crash(peer);
            chaos.endAll();
            open.put(peer, LamportMutex.open(chaos.group(peer)));
        }

        void calm() {
            chaos.endAll();
            chaos.cluster.runUntil("all granted", Duration.ofMinutes(1), () -> waiting == 0 && holders.isEmpty());
        }

        @Override
        public void close() {
            chaos.close();
        }
    }
}
