package dev.coord.recipes.broadcast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One sequence for all, which agrees with causality, on networks that lose, double, delay, cut, pause and crash. */
@Timeout(120)
class TotalOrderSimulationTest {
    private static final int SEEDS = 70;
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
        for (int seed = 1; seed <= SEEDS / 5; seed++) {
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
                        assertThat(member.blockedBy())
                                .as(id + " in " + run.chaos.cluster)
                                .contains(dead);
                        assertThat(run.oracle.deliveredTo(id)).doesNotContain(run.last.get(id));
                    }
                });
            }
        }
    }

    /** The one that restarts is met by some before and by others after; it forgets, they must not. */
    @Test
    void restartAtAnyTime_leavesBeginningsOfOneSequence_orEndsTheGroup() {
        int over = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            try (Run run = new Run(seed)) {
                String away = run.chaos.anyPeer();
                String restarted = run.chaos.anyPeer();
                if (!away.equals(restarted)) {
                    run.chaos.cluster.faults().cut(restarted, away);
                }
                for (int i = 0; i < STEPS / 4; i++) {
                    run.step();
                    run.checkThatAllHaveBeginningsOfOneSequence();
                }
                run.restart(restarted);
                for (int i = 0; i < STEPS / 4; i++) {
                    run.step();
                    run.checkThatAllHaveBeginningsOfOneSequence();
                }
                run.chaos.endAll();
                run.chaos.cluster.advance(Duration.ofSeconds(1));
                run.checkThatAllHaveBeginningsOfOneSequence();
                over += (int) run.open.values().stream()
                        .filter(each -> each.ended().isCompletedExceptionally())
                        .count();
            }
        }
        assertThat(over).isGreaterThan(SEEDS);
    }

    private static final class Run implements AutoCloseable {
        final Chaos chaos;
        final CausalOracle oracle = new CausalOracle();
        final Map<String, TotalOrderBroadcast> open = new HashMap<>();
        final Map<String, String> last = new HashMap<>();
        private final List<String> processes = new ArrayList<>();
        private int messages;

        Run(long seed) {
            chaos = new Chaos(3, seed);
            chaos.ids().forEach(peer -> open(peer, peer));
        }

        private void open(String peer, String process) {
            processes.add(process);
            open.put(
                    peer,
                    TotalOrderBroadcast.open(
                            chaos.group(peer),
                            delivery ->
                                    oracle.delivers(process, delivery.payload().asString())));
        }

        void restart(String peer) {
            chaos.crash(peer);
            chaos.endAll();
            open(peer, peer + " again");
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
            chaos.cluster.advance(Duration.ofMillis(300));
        }

        boolean isAllDelivered() {
            return chaos.ids().stream().allMatch(id -> oracle.deliveredTo(id).size() == messages);
        }

        void checkThatAllHaveBeginningsOfOneSequence() {
            List<String> longest = List.of();
            for (String process : processes) {
                List<String> here = oracle.deliveredTo(process);
                int common = Math.min(here.size(), longest.size());
                assertThat(here.subList(0, common)).as(process).isEqualTo(longest.subList(0, common));
                longest = here.size() > longest.size() ? here : longest;
            }
        }

        @Override
        public void close() {
            chaos.close();
        }
    }
}
