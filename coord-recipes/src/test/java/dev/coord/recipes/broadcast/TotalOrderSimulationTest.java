package dev.coord.recipes.broadcast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Value;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One sequence for all, which agrees with causality, on networks that lose, double, delay, cut, pause and crash. */
@Timeout(120)
class TotalOrderSimulationTest {
    private static final int SEEDS = 90;
    private static final int STEPS = 40;

    @Test
    void disturbedNetwork_deliversOneSequenceEverywhere_thatAgreesWithCausality() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            try (Run run = new Run(seed)) {
                for (int i = 0; i < STEPS; i++) {
                    run.step();
                    run.checkThatAllHaveBeginningsOfOneSequence();
                }
                run.chaos.endAll();
                run.chaos.cluster.runUntil("everything delivered", Duration.ofMinutes(1), run::isAllDelivered);
                run.checkThatAllHaveBeginningsOfOneSequence();
                run.oracle.check();
            }
        }
    }

    @Test
    void crash_leavesBeginningsOfOneSequence_andNamesTheDead() {
        for (int seed = 1; seed <= SEEDS / 3; seed++) {
            try (Run run = new Run(seed)) {
                for (int i = 0; i < STEPS / 2; i++) {
                    run.step();
                }
                String dead = run.chaos.anyPeer();
                run.chaos.crash(dead);
                run.broadcastAtAllBut(dead);
                // Those may come before what the dead one has said last; these come after.
                run.broadcastAtAllBut(dead);
                run.checkThatAllHaveBeginningsOfOneSequence();
                run.oracle.check();
                run.open.forEach((id, member) -> {
                    if (!id.equals(dead)) {
                        assertThat(member.blockedBy()).containsExactly(dead);
                        assertThat(run.oracle.deliveredTo(id)).doesNotContain(run.last.get(id));
                    }
                });
            }
        }
    }

    private static final class Run implements AutoCloseable {
        final Chaos chaos;
        final CausalOracle oracle = new CausalOracle();
        final Map<String, TotalOrderBroadcast> open = new HashMap<>();
        final Map<String, String> last = new HashMap<>();
        private int messages;

        Run(long seed) {
            chaos = new Chaos(3, seed);
            for (String peer : chaos.ids()) {
                open.put(
                        peer,
                        TotalOrderBroadcast.open(
                                chaos.group(peer),
                                delivery ->
                                        oracle.delivers(peer, delivery.payload().asString())));
            }
        }

        void step() {
            String peer = chaos.anyPeer();
            if (chaos.cluster.isRunning(peer)) {
                broadcast(peer);
            }
            if (chaos.chance(0.15)) {
                chaos.disturb();
            }
            chaos.advance(4);
        }

        void broadcast(String peer) {
            String message = "m" + messages++ + " of " + peer;
            oracle.broadcasts(peer, message);
            open.get(peer).broadcast(Value.of(message));
            last.put(peer, message);
        }

        void broadcastAtAllBut(String dead) {
            chaos.ids().stream().filter(id -> !id.equals(dead)).forEach(this::broadcast);
            chaos.cluster.advance(Duration.ofSeconds(1));
        }

        boolean isAllDelivered() {
            return chaos.ids().stream().allMatch(id -> oracle.deliveredTo(id).size() == messages);
        }

        void checkThatAllHaveBeginningsOfOneSequence() {
            List<String> longest = List.of();
            for (String id : chaos.ids()) {
                List<String> here = oracle.deliveredTo(id);
                int common = Math.min(here.size(), longest.size());
                assertThat(here.subList(0, common)).as(id).isEqualTo(longest.subList(0, common));
                longest = here.size() > longest.size() ? here : longest;
            }
        }

        @Override
        public void close() {
            chaos.close();
        }
    }
}
