package dev.coord.testkit.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.kv.Value;
import dev.coord.testkit.SimulatedCluster;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SimulationTest {

    /** Writes, and takes three writes of one key for a violation if that is asked for. */
    private record Writes(int forbidden, AtomicInteger finished) implements Workload {
        private static final String KEY = "/k";

        @Override
        public String name() {
            return "writes";
        }

        @Override
        public Scenario begin(SimulatedCluster cluster, long seed) {
            return new Scenario() {
                @Override
                public List<Action> actions() {
                    return List.of(
                            Action.of("idle", 3, random -> {}),
                            new Action("never", 1, () -> false, random -> {
                                throw new AssertionError("impossible");
                            }),
                            Action.of(
                                    "write",
                                    1,
                                    random -> cluster.ids().stream()
                                            .filter(cluster::isRunning)
                                            .findFirst()
                                            .ifPresent(peer -> cluster.openAsync(peer, timeToLive(seed))
                                                    .thenAccept(
                                                            coord -> coord.kv().putAsync(KEY, Value.EMPTY)))));
                }

                @Override
                public void check() {
                    cluster.committed(KEY).ifPresent(entry -> {
                        if (entry.version() >= forbidden) {
                            throw new AssertionError("too many writes: " + entry.version());
                        }
                    });
                }

                @Override
                public void finish() {
                    cluster.assertReplicasAgree();
                    finished.incrementAndGet();
                }
            };
        }
    }

    @Test
    void run_withoutViolation_countsWhatHappened() throws InterruptedException {
        AtomicInteger finished = new AtomicInteger();
        Report report = Simulation.of(new Writes(Integer.MAX_VALUE, finished)).run(1, 40);
        report.assertNoViolation();
        assertThat(finished).hasValue(40);
        assertThat(report.seeds()).isEqualTo(40);
        assertThat(report.steps()).isGreaterThan(40 * 100);
        assertThat(report.faults().values().stream().mapToLong(count -> count).sum())
                .isGreaterThan(100);
        assertThat(report.toJson()).startsWith("{\"workload\":\"writes\",\"from\":1,\"seeds\":40,");
    }

    @Test
    void run_again_isTheSame() throws InterruptedException {
        Report first = Simulation.of(new Writes(Integer.MAX_VALUE, new AtomicInteger()))
                .threads(1)
                .run(1, 20);
        Report second = Simulation.of(new Writes(Integer.MAX_VALUE, new AtomicInteger()))
                .threads(2)
                .run(1, 20);
        assertThat(second).isEqualTo(first);
    }

    @Test
    void run_withAViolation_saysWhichActionsItNeedsAndHowToReplayIt() throws InterruptedException {
        Report report =
                Simulation.of(new Writes(3, new AtomicInteger())).threads(1).run(1, 10);
        assertThat(report.violations()).isNotEmpty();
        String violation = report.violations().get(0);
        assertThat(violation)
                .contains("too many writes: 3")
                .contains("actions 3 are needed")
                .contains("   3. write")
                .doesNotContain("   4. ")
                .contains("-Dsim.workload=writes -Dsim.seed=");
        assertThatThrownBy(report::assertNoViolation)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("VIOLATION");
    }

    @Test
    void main_misused_saysWhatIsWrong() {
        Properties options = new Properties();
        options.setProperty("sim.workload", "nonesuch");
        assertThatThrownBy(() -> SimulationMain.run(options, System.out)).hasMessageContaining("no workload");
    }
}
