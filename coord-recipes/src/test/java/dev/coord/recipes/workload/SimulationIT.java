package dev.coord.recipes.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.testkit.workload.Report;
import dev.coord.testkit.workload.Simulation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Seeds of all workloads; CONTRIBUTING.md says how to run more of them, or one again. */
@Timeout(300)
class SimulationIT {
    private static final int MIXED = Integer.getInteger("coord.simulation.mixed", 600);
    private static final int TRANSFERS = Integer.getInteger("coord.simulation.transfers", 200);
    private static final int QUEUES = Integer.getInteger("coord.simulation.queues", 150);
    private static final int BARRIERS = Integer.getInteger("coord.simulation.barriers", 200);
    private static final int LOCKS = Integer.getInteger("coord.simulation.locks", 200);
    private static final int ELECTIONS = Integer.getInteger("coord.simulation.elections", 200);
    private static final int OWNERS = Integer.getInteger("coord.simulation.owners", 150);
    private static final int SAGAS = Integer.getInteger("coord.simulation.sagas", 100);
    private static final int ASSIGNMENTS = Integer.getInteger("coord.simulation.assignments", 100);

    @Test
    void transfers_whateverHappens_leaveTheSumAsItWas() throws InterruptedException {
        Report report = Simulation.of("transfers").run(1, TRANSFERS);
        System.out.println("RESULT " + report.toJson());
        report.assertNoViolation();
        assertThat(report.counts().get("committed")).isGreaterThan(5L * TRANSFERS);
        assertThat(report.counts().get("unknown")).isPositive();
    }

    @Test
    void mixed_onManySeeds_holdsEveryPromise() throws InterruptedException {
        Report report = Simulation.of("mixed").run(1, MIXED);
        System.out.println("RESULT " + report.toJson());
        report.assertNoViolation();
        assertThat(report.seeds()).isEqualTo(MIXED);
        assertThat(report.faults().keySet())
                .as("faults that happened")
                .contains(
                        "partition",
                        "isolate",
                        "cut",
                        "crash",
                        "pause",
                        "skew",
                        "elect",
                        "delay-replica",
                        "install-snapshot",
                        "disturb");
    }

    @Test
    void locks_withPausesLongerThanTheTtl_holdEveryPromise() throws InterruptedException {
        Report report = Simulation.of("locks").run(1, LOCKS);
        System.out.println("RESULT " + report.toJson());
        report.assertNoViolation();
        assertThat(report.faults().get("pause")).isGreaterThan(LOCKS);
    }

    @Test
    void elections_withPausesLongerThanTheTtl_holdEveryPromise() throws InterruptedException {
        Report report = Simulation.of("elections").run(1, ELECTIONS);
        System.out.println("RESULT " + report.toJson());
        report.assertNoViolation();
        assertThat(report.faults().get("pause")).isGreaterThan(ELECTIONS);
    }

    @Test
    void owners_whoDetectDeadlocks_areNeverStuck() throws InterruptedException {
        Report report = Simulation.of("owners").run(1, OWNERS);
        System.out.println("RESULT " + report.toJson());
        report.assertNoViolation();
    }

    @Test
    void queues_withPausesLongerThanTheTtl_holdEveryPromise() throws InterruptedException {
        Report report = Simulation.of("queues").run(1, QUEUES);
        System.out.println("RESULT " + report.toJson());
        report.assertNoViolation();
        assertThat(report.counts().get("items acknowledged")).isGreaterThan(5L * QUEUES);
        assertThat(report.counts().get("items set aside")).isPositive();
    }

    @Test
    void barriers_withPausesLongerThanTheTtl_holdEveryPromise() throws InterruptedException {
        Report report = Simulation.of("barriers").run(1, BARRIERS);
        System.out.println("RESULT " + report.toJson());
        report.assertNoViolation();
        assertThat(report.counts().get("generations passed")).isGreaterThan(BARRIERS);
        assertThat(report.counts().get("members left together")).isGreaterThan(BARRIERS);
    }

    @Test
    void assignment_withMembersThatComeAndGo_holdsEveryPromise() throws InterruptedException {
        Report report = Simulation.of("assignment").run(1, ASSIGNMENTS);
        System.out.println("RESULT " + report.toJson());
        report.assertNoViolation();
        assertThat(report.seeds()).isEqualTo(ASSIGNMENTS);
    }

    @Test
    void sagas_whoseCoordinatorsAndCallsAreLost_areDoneOrUndone() throws InterruptedException {
        Report report = Simulation.of("sagas").run(1, SAGAS);
        System.out.println("RESULT " + report.toJson());
        report.assertNoViolation();
        assertThat(report.counts().get("committed")).isGreaterThan(5L * SAGAS);
        assertThat(report.counts().get("taken over")).isGreaterThan(SAGAS);
        assertThat(report.counts().get("late actions")).isPositive();
        assertThat(report.counts().get("empty compensations")).isPositive();
    }

    @Test
    void workload_unknown_saysWhichThereAre() {
        assertThatThrownBy(() -> Simulation.of("nonesuch"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("assignment, barriers, elections, locks, mixed, owners, queues, sagas, transfers")
                .hasMessageContaining("detectors, swim");
    }
}
