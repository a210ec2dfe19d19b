package dev.coord.recipes.commit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommitProgramTest {

    static java.util.List<CrashPoint> points() {
        return CrashPoint.all();
    }

    @ParameterizedTest
    @MethodSource("points")
    void deathAtAnyPoint_leavesNobodyInDoubt_andNoMixedOutcome(CrashPoint point) {
        assertThat(CrashPoint.all()).hasSizeGreaterThanOrEqualTo(15);
        for (long seed = 1; seed <= 3; seed++) {
            assertThat(CrashRun.of(point, seed)).isLessThanOrEqualTo(CrashRun.PROMISED);
        }
    }
}
