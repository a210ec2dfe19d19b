package dev.coord.recipes.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.testkit.workload.Report;
import dev.coord.testkit.workload.Simulation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Deadlocks end if they are detected, and only then. */
@Timeout(120)
class OwnersWorkloadTest {
    private static final int SEEDS = 60;

    @Test
    void lockersInAnyOrder_whoDetectDeadlocks_areNeverStuck() throws InterruptedException {
        Report report = Simulation.of(new OwnersWorkload()).run(1, SEEDS);
        report.assertNoViolation();
        assertThat(report.seeds()).isEqualTo(SEEDS);
    }

    @Test
    void lockersInAnyOrder_whoDoNot_areStuck() {
        Simulation without = Simulation.of(new OwnersWorkload(false));
        int stuck = 0;
        for (long seed = 1; seed <= 10; seed++) {
            stuck += without.probe(seed)
                            .filter(what -> what.contains("the turn of everybody"))
                            .isPresent()
                    ? 1
                    : 0;
        }
        assertThat(stuck).isGreaterThan(2);
    }
}
