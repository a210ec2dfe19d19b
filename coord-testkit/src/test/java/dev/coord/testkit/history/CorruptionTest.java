package dev.coord.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.testkit.history.HealthyHistory.Bug;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The control of the checkers: what is right passes, and what was made wrong is convicted, each time. */
class CorruptionTest {
    private static final int SEEDS = Integer.getInteger("coord.history.seeds", 150);
    private static final int OPERATIONS = 120;
    private static final long FAILOVER_NANOS = Duration.ofSeconds(1).toNanos();

    private static Violation judge(Recording recording) {
        return new Verdict(recording, FAILOVER_NANOS).run();
    }

    @Test
    void healthyHistory_whole_passes() {
        for (long seed = 1; seed <= 3 * SEEDS; seed++) {
            Violation violation = judge(HealthyHistory.of(seed, OPERATIONS));
            if (violation != null) {
                throw new AssertionError("seed " + seed, violation.error());
            }
        }
    }

    @Test
    void everyCorruption_ofAnySeed_isConvicted() {
        List<String> escaped = new ArrayList<>();
        Map<Corruption, Integer> planted = new EnumMap<>(Corruption.class);
        for (long seed = 1; seed <= SEEDS; seed++) {
            Recording healthy = HealthyHistory.of(seed, OPERATIONS);
            for (Corruption corruption : Corruption.values()) {
                Recording corrupted = corruption.apply(healthy, new SplittableRandom(seed));
                if (corrupted != null) {
                    planted.merge(corruption, 1, Integer::sum);
                    Violation violation = judge(corrupted);
                    if (violation == null || violation.inconclusive()) {
                        escaped.add(corruption + " of seed " + seed + ": " + violation);
                    }
                }
            }
        }
        assertThat(escaped).isEmpty();
        for (Corruption corruption : Corruption.values()) {
            assertThat(planted.getOrDefault(corruption, 0))
                    .as(corruption.name())
                    .isGreaterThan(SEEDS / 4);
        }
    }

    @Test
    void everyBugOfTheStore_ofAnySeed_isConvicted() {
        List<String> escaped = new ArrayList<>();
        Map<Bug, Integer> planted = new EnumMap<>(Bug.class);
        for (long seed = 1; seed <= SEEDS; seed++) {
            for (Bug bug : Bug.values()) {
                Recording recording = HealthyHistory.with(bug, seed, OPERATIONS);
                if (recording != null) {
                    planted.merge(bug, 1, Integer::sum);
                    Violation violation = judge(recording);
                    if (violation == null || violation.inconclusive()) {
                        escaped.add(bug + " of seed " + seed + ": " + violation);
                    }
                }
            }
        }
        assertThat(escaped).isEmpty();
        for (Bug bug : Bug.values()) {
            assertThat(planted.getOrDefault(bug, 0)).as(bug.name()).isGreaterThan(bug == Bug.NONE ? -1 : SEEDS / 4);
        }
    }
}
