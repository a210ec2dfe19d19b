package dev.coord.examples.threephase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.testkit.CoordExtension;
import dev.coord.testkit.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The same on peers that are real: threads, and time that passes. */
class PartitionSplitsTest {
    private static final Bounds BOUNDS = Bounds.of(Duration.ofMillis(40));

    @RegisterExtension
    final CoordExtension peers = CoordExtension.peers(5);

    private static Stage stage(TestCluster cluster, Contender contender, Set<String> refusing) {
        return new Stage(cluster, contender, BOUNDS, refusing);
    }

    private static Moment votesAreIn(Contender contender) {
        return PartitionPoint.VOTES_ARE_IN.moment(contender.phases(), Stage.PEERS);
    }

    @Test
    void noFault_allCommit(TestCluster cluster) {
        Outcome outcome = stage(cluster, new ClassicContender(Rules.THREE_PHASE), Set.of())
                .play();
        assertThat(outcome.letters(Stage.PEERS)).isEqualTo("c c c c c");
        assertThat(outcome.requests()).isEqualTo(12);
    }

    @Test
    void oneRefuses_allAbort(TestCluster cluster) {
        Outcome outcome = stage(cluster, new ClassicContender(Rules.THREE_PHASE), Set.of("n4"))
                .play();
        assertThat(outcome.letters(Stage.PEERS)).isEqualTo("a a a a a");
    }

    @Test
    void partitionWhenVotesAreIn_splitsThreePhaseCommit(TestCluster cluster) {
        Contender contender = new ClassicContender(Rules.THREE_PHASE);
        Stage stage = stage(cluster, contender, Set.of()).parting(List.of("n1", "n2"), votesAreIn(contender));
        assertThat(stage.play().letters(Stage.PEERS)).isEqualTo("c c a a a");
        assertThat(stage.heal().isSplit()).isTrue();
    }

    @Test
    void partitionWhenVotesAreIn_blocksTwoPhaseCommit_untilHealed(TestCluster cluster) {
        Contender contender = new ClassicContender(Rules.TWO_PHASE);
        Stage stage = stage(cluster, contender, Set.of()).parting(List.of("n1", "n2"), votesAreIn(contender));
        assertThat(stage.play().letters(Stage.PEERS)).isEqualTo("c c w w w");
        assertThat(stage.heal().letters(Stage.PEERS)).isEqualTo("c c c c c");
    }
}
