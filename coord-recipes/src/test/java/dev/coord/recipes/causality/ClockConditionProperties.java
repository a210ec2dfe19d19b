package dev.coord.recipes.causality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** What stamps say of the events of a random execution, against a happened-before that is found by brute force. */
class ClockConditionProperties extends Seeded {
    private static final int MAX_EVENTS = 20;

    @Property(tries = 80_000, shrinking = ShrinkingMode.OFF)
    void vectorClock_isBefore_ifAndOnlyIfTheEventHappenedBefore(@ForAll("seeds") long seed) {
        RandomRun run = new RandomRun(new Random(seed), MAX_EVENTS);
        for (int a = 0; a < run.size; a++) {
            for (int b = 0; b < run.size; b++) {
                Causality expected =
                        Causality.of(a == b || run.happenedBefore(a, b), a == b || run.happenedBefore(b, a));
                if (run.vector[a].compare(run.vector[b]) != expected) {
                    assertThat(run.vector[a].compare(run.vector[b]))
                            .as("event %d %s and event %d %s", a, run.vector[a], b, run.vector[b])
                            .isEqualTo(expected);
                }
            }
        }
    }

    @Property(tries = 80_000, shrinking = ShrinkingMode.OFF)
    void lamportClock_isLess_ifTheEventHappenedBefore_andNoTwoAreEqual(@ForAll("seeds") long seed) {
        RandomRun run = new RandomRun(new Random(seed), MAX_EVENTS);
        for (int a = 0; a < run.size; a++) {
            for (int b = 0; b < run.size; b++) {
                boolean implied = !run.happenedBefore(a, b)
                        || (run.lamport[a].time() < run.lamport[b].time() && run.lamport[a].isBefore(run.lamport[b]));
                boolean told = a == b || run.lamport[a].compare(run.lamport[b]) != Causality.EQUAL;
                if (!implied || !told) {
                    assertThat(false)
                            .as("event %d %s and event %d %s", a, run.lamport[a], b, run.lamport[b])
                            .isTrue();
                }
            }
        }
    }
}
