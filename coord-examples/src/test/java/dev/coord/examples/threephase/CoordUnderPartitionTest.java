package dev.coord.examples.threephase;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Coord's commit under the partition that splits three-phase commit. */
class CoordUnderPartitionTest {
    private static final int SEEDS = 10;
    private static final List<String> MINORITY = List.of("n1", "n2");

    @Test
    void partitionWhenVotesAreIn_minorityStaysInDoubt_untilHealed_thenAllAgree() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            CoordContender contender = new CoordContender();
            Moment votesAreIn = PartitionPoint.VOTES_ARE_IN.moment(contender.phases(), Stage.PEERS);
            try (Stage stage = Stage.simulated(contender, seed).parting(MINORITY, votesAreIn)) {
                assertThat(stage.play().letters(Stage.PEERS))
                        .as("seed %s", seed)
                        .isEqualTo("w w a a a");
                assertThat(stage.heal().letters(Stage.PEERS))
                        .as("seed %s", seed)
                        .isEqualTo("a a a a a");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(PartitionPoint.class)
    void majoritySide_isNeverLeftInDoubt(PartitionPoint point) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            CoordContender contender = new CoordContender();
            try (Stage stage = Stage.simulated(contender, seed)) {
                Outcome during = stage.parting(MINORITY, point.moment(contender.phases(), Stage.PEERS))
                        .play();
                assertThat(stage.allHappened()).isTrue();
                assertThat(during.inDoubt())
                        .as("seed %s: %s", seed, during.describe())
                        .isSubsetOf(MINORITY);
                Outcome healed = stage.heal();
                assertThat(healed.isSplit() || healed.isBlocked())
                        .as("seed %s: %s", seed, healed.describe())
                        .isFalse();
            }
        }
    }

    @Test
    void oneRefuses_allAbort() {
        try (Stage stage = Stage.simulated(new CoordContender(), 1, Set.of("n4"))) {
            assertThat(stage.play().letters(Stage.PEERS)).isEqualTo("a a a a a");
        }
    }
}
