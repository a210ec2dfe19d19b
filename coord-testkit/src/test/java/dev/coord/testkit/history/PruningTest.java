package dev.coord.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.testkit.history.HealthyHistory.Bug;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What a replay no longer looks at must make no difference: by histories with many unknown outcomes, right and wrong ones, the
 * replay that looks at all operations each time comes to the same verdict, and to the same explanations in the same order.
 */
class PruningTest {
    private static final int SEEDS = Integer.getInteger("coord.history.seeds", 150) / 10;
    private static final int OPERATIONS = 80;
    private static final int WAYS = 64;

    private int compared;
    private int convicted;

    @Test
    void pruned_comesToTheSameAsUnpruned() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            for (double rate : new double[] {0.05, 0.15, 0.3}) {
                for (Bug bug : Bug.values()) {
                    compare(seed + " " + rate + " " + bug, HealthyHistory.untold(bug, seed, OPERATIONS, rate));
                }
                Recording healthy = HealthyHistory.untold(Bug.NONE, seed, OPERATIONS, rate);
                for (Corruption corruption : Corruption.values()) {
                    String name = seed + " " + rate + " " + corruption;
                    compare(name, corruption.apply(healthy, new SplittableRandom(seed)));
                }
            }
        }
        assertThat(convicted).isBetween(compared / 10, compared * 9 / 10);
    }

    private void compare(String name, @Nullable Recording recording) {
        if (recording != null) {
            assertThat(found(recording, true)).as(name).isEqualTo(found(recording, false));
            Recording mortal = mortal(recording);
            String found = found(mortal, true);
            assertThat(found).as(name + ", mortal").isEqualTo(found(mortal, false));
            compared++;
            convicted += found.startsWith("[") ? 0 : 1;
        }
    }

    /** Each handle ends with an unknown outcome, and another goes on: what it left undone may come at any time. */
    private static Recording mortal(Recording recording) {
        Map<String, Integer> lives = new HashMap<>();
        List<Operation> operations = new ArrayList<>();
        for (Operation operation : recording.operations()) {
            String process = operation.process();
            operations.add(of(process + "." + lives.getOrDefault(process, 0), operation));
            if (operation.status() == Status.UNKNOWN) {
                lives.merge(process, 1, Integer::sum);
            }
        }
        return new Recording(operations, recording.tapes(), List.of(), List.of(), List.of());
    }

    private static Operation of(String process, Operation operation) {
        return new Operation(
                process,
                operation.seq(),
                operation.input(),
                operation.call(),
                operation.callNanos(),
                operation.issued(),
                operation.ret(),
                operation.retNanos(),
                operation.status(),
                operation.output(),
                operation.error());
    }

    /** The violation, or who made each revision by each of the explanations. */
    private static String found(Recording recording, boolean prunes) {
        Sightings sightings = new Sightings(recording, new Orders(recording.operations()));
        Replay replay = new Replay(sightings, new Prospects(sightings, prunes));
        Violation violation = replay.run();
        if (violation != null) {
            return violation.toString();
        }
        List<List<String>> makers = new ArrayList<>();
        for (World world : replay.worlds()) {
            World.Ways ways = world.ways();
            while (makers.size() < WAYS && ways.advance()) {
                makers.add(ways.steps().stream().map(PruningTest::maker).toList());
            }
        }
        return makers.toString();
    }

    private static String maker(World.Step step) {
        return step.source() == null
                ? "lease " + step.lease()
                : String.valueOf(step.source().seq());
    }
}
