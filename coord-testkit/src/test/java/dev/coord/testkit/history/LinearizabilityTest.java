package dev.coord.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LinearizabilityTest {
    private static final int SEEDS = Integer.getInteger("coord.history.seeds", 300);

    @Test
    void healthyHistories_withOverlapAndUnknownOutcomes_pass() {
        int unknown = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Recording recording = HealthyHistory.of(seed, 300);
            unknown += (int) recording.operations().stream()
                    .filter(Operation::mayHaveWritten)
                    .count();
            Violation violation = new Linearizability(recording).run();
            if (violation != null) {
                throw new AssertionError("seed " + seed, violation.error());
            }
        }
        assertThat(unknown).as("operations of unknown outcome").isGreaterThan(5 * SEEDS);
    }
}
