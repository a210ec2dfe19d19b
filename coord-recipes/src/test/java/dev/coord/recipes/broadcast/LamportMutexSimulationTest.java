package dev.coord.recipes.broadcast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.recipes.causality.LamportClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One holder at a time, everybody's turn, in the order of stamps, on networks that lose, double, delay, cut and pause. */
@Timeout(120)
class LamportMutexSimulationTest {
    private static final int SEEDS = 100;
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
                assertThat(run.granted).isSorted().doesNotHaveDuplicates();
                assertThat(run.granted.size() + run.givenUp).isEqualTo(run.asked);
                contended += run.mostWaiting > 1 ? 1 : 0;
            }
        }
        assertThat(contended).as("runs in which several waited").isGreaterThan(SEEDS / 2);
    }

    private static final class Run implements AutoCloseable {
        final Chaos chaos;
        final List<LamportClock> granted = new ArrayList<>();
        int asked;
        int givenUp;
        int mostWaiting;
        private final Map<String, LamportMutex> open = new TreeMap<>();
        private int holders;
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
                    assertThat(failure).isInstanceOf(MutexTimeoutException.class);
                    givenUp++;
                }
                return null;
            });
        }

        private void hold(String peer, MutexHandle handle, Duration use) {
            granted.add(handle.stamp());
            assertThat(++holders).as("holders, at " + handle).isEqualTo(1);
            chaos.cluster.coord(peer).scheduler().schedule(use, () -> {
                holders--;
                handle.close();
            });
        }

        void calm() {
            chaos.endAll();
            chaos.cluster.runUntil("all granted", Duration.ofMinutes(1), () -> waiting == 0 && holders == 0);
        }

        @Override
        public void close() {
            chaos.close();
        }
    }
}
