package dev.coord.examples.threephase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ThreePhaseStoryTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private int run(List<Lineup> lineups) {
        return ThreePhaseStory.run(new PrintStream(printed, true, StandardCharsets.UTF_8), 3, lineups);
    }

    private String story() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void story_findsAllAsClaimed() {
        int status = run(Lineup.all());
        assertThat(story())
                .contains("All is as claimed.")
                .containsPattern("requests, each answered +8 +12")
                .containsPattern("coordinator, after the last prepare +blocks +abort")
                .containsPattern("all votes are in, nobody was told +c c \\| w w w +c c \\| a a a")
                .containsPattern("blocks, then commit +SPLIT")
                .doesNotContain("NOT AS CLAIMED");
        assertThat(story().lines().reduce((first, second) -> second).orElseThrow())
                .startsWith("RESULT {\"2PC\":{")
                .endsWith("\"ok\":true}");
        assertThat(status).isZero();
    }

    @Test
    void wrongClaims_areFoundAndFail() {
        int status = run(List.of(
                new Lineup(
                        "2PC",
                        () -> new ClassicContender(Rules.TWO_PHASE),
                        Set.of(),
                        EnumSet.allOf(PartitionPoint.class),
                        Set.of()),
                new Lineup("3PC", () -> new ClassicContender(Rules.THREE_PHASE), Set.of(), Set.of(), Set.of())));
        assertThat(story())
                .contains("NOT AS CLAIMED: 2PC: coordinator, after the last prepare: [blocks], claimed to block: false")
                .contains("3PC: partition when all votes are in")
                .contains("\"ok\":false}");
        assertThat(status).isOne();
    }

    @Test
    void noSeeds_areRefused() {
        assertThatThrownBy(() -> ThreePhaseStory.run(System.out, 0, Lineup.all()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("0 seeds; there may be 1 to 10,000");
    }
}
