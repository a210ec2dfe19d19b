package dev.coord.recipes.swim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many seeds of {@link SwimRun}, and a small version of what {@link DetectorsProgram} measures. */
@Timeout(300)
class SwimSimulationTest {
    private static final int SEEDS = Integer.getInteger("coord.simulation.swim", 1_000);
    private static final long HOUR = 3_600 * SwimWorld.SECOND;

    @Test
    void members_afterFaultsOfAllKinds_agreeWithinTheBound() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            assertThat(new SwimRun(seed).run()).isEmpty();
        }
    }

    @Test
    void run_again_isTheSame() {
        Conditions conditions = new Conditions(1, 0.05);
        String first = DetectorTable.measure(DetectorTable.LIFEGUARD, conditions, HOUR / 30)
                .toJson();
        assertThat(DetectorTable.measure(DetectorTable.LIFEGUARD, conditions, HOUR / 30)
                        .toJson())
                .isEqualTo(first);
    }

    @Test
    void lifeguard_whileATenthStalls_accusesFiftyTimesFewer() {
        StallTrial.Outcome without = DetectorTable.stalls(SwimConfig.lan().withoutLifeguard(), HOUR / 60);
        StallTrial.Outcome with = DetectorTable.stalls(SwimConfig.lan(), HOUR / 60);
        assertThat(without.atAll()).isGreaterThan(1_000);
        assertThat(DetectorTable.shortcomings(without, with)).isEmpty();
        assertThat(DetectorTable.shortcomings(without, without))
                .as("without Lifeguard it falls short")
                .isNotEmpty();
    }

    @Test
    void detectors_underPausesAndJitter_findEveryDeathAndNoOther() {
        Conditions conditions = new Conditions(3, 0);
        for (int detector = DetectorTable.DEADLINE; detector <= DetectorTable.LIFEGUARD; detector++) {
            DetectorTable.Row row = DetectorTable.measure(detector, conditions, HOUR / 10);
            assertThat(row.tally().crashes()).isEqualTo(3);
            assertThat(row.tally().missed).as(row.toString()).isZero();
            assertThat(row.tally().falsePositives).as(row.toString()).isZero();
            assertThat(row.tally().last(0.99)).as(row.toString()).isBetween(3.0, 30.0);
            assertThat(row.tally().messagesPerMemberAndSecond()).isBetween(2.0, 5.0);
        }
    }

    @Test
    void swimProgram_ofAFewSeeds_endsWithItsResult() throws InterruptedException {
        Properties options = new Properties();
        options.setProperty("sim.seeds", "5");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(new SwimProgram().run(options, new PrintStream(out))).isZero();
        assertThat(out.toString().strip())
                .isEqualTo("RESULT {\"workload\":\"swim\",\"from\":1,\"seeds\":5,\"violations\":0}");
    }
}
