package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.recipes.election.CandidateTopics;
import dev.coord.recipes.election.LeaderInfo;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.election.TopicListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What a user sees of {@link CandidateTopics}. */
abstract class CandidateTopicsContract extends ElectionContract {

    /** Remembers what it is told. */
    private static final class Heard implements TopicListener {
        final List<String> words = new CopyOnWriteArrayList<>();

        @Override
        public void isLeader(String topic, Leadership leadership) {
            words.add("+" + topic);
        }

        @Override
        public void notLeader(String topic) {
            words.add("-" + topic);
        }

        @Override
        public void onEnd(String topic, CoordException cause) {
            words.add("end of " + topic);
        }
    }

    private CandidateTopics candidate(Coord coord, String name, Heard heard) {
        return CandidateTopics.of(coord, path(), name, heard);
    }

    private Map<String, String> leaders(CandidateTopics one) throws InterruptedException {
        Map<String, String> names = new TreeMap<>();
        for (Map.Entry<String, LeaderInfo> each : one.leaders().entrySet()) {
            names.put(each.getKey(), each.getValue().candidate());
        }
        return names;
    }

    @Test
    void candidates_shareTopics_andTakeOverWhatOthersDrop() throws Exception {
        Heard heardA = new Heard();
        Heard heardB = new Heard();
        try (CandidateTopics a = candidate(coord(0), "a", heardA);
                CandidateTopics b = candidate(coord(1), "b", heardB)) {
            assertThat(a.stand("x")).isTrue();
            assertThat(a.stand("x/part", 3)).isTrue();
            assertThat(a.stand("x")).isFalse();
            eventually("a to lead two", () -> a.led().size() == 2);
            for (String topic : List.of("x", "x/part", "y")) {
                b.stand(topic);
            }
            eventually("b to lead the third", () -> b.led().size() == 1);
            assertThat(leaders(b)).isEqualTo(Map.of("x", "a", "x/part", "a", "y", "b"));
            assertThat(a.topics()).containsExactly("x", "x/part");
            assertThat(b.topics()).containsExactly("x", "x/part", "y");
            assertThat(a.led().keySet()).isEqualTo(Set.of("x", "x/part"));
            a.led().values().forEach(this::assertHeld);

            assertThat(a.drop("x")).isTrue();
            assertThat(a.drop("x")).isFalse();
            assertThat(a.led()).containsOnlyKeys("x/part");
            eventually("b to lead x", () -> b.led().containsKey("x"));
            assertThat(leaders(a)).isEqualTo(Map.of("x", "b", "x/part", "a", "y", "b"));

            a.close();
            assertThat(a.led()).isEmpty();
            eventually("b to lead all", () -> b.led().size() == 3);
            eventually("a to be told", () -> heardA.words.size() == 4);
            assertThat(heardA.words).contains("+x", "+x/part").endsWith("-x", "-x/part");
            eventually("b to be told", () -> heardB.words.equals(List.of("+y", "+x", "+x/part")));
            b.close();
            assertThat(leaders(a)).isEmpty();
            assertThatThrownBy(() -> a.stand("z")).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void candidateThatIsCutOff_isToldOfEachLoss_andOthersTakeOver() {
        String away = leader();
        Heard heard = new Heard();
        CandidateTopics a = candidate(cluster().open(away, TTL), "a", heard);
        CandidateTopics b = candidate(cluster().coord(othersThan(away).get(0)), "b", new Heard());
        List.of("x", "y").forEach(a::stand);
        eventually("a to lead both", () -> a.led().size() == 2);
        List.of("x", "y").forEach(b::stand);
        cluster().faults().isolate(away);
        eventually("b to lead both", () -> b.led().size() == 2);
        assertThat(a.led()).isEmpty();
        eventually("a to be told", () -> heard.words.containsAll(List.of("-x", "-y")));
        cluster().faults().heal();
        eventually("the end of a", () -> heard.words.containsAll(List.of("end of x", "end of y")));
        assertThat(a.topics()).isEmpty();
        await(a.closeAsync());
        await(b.closeAsync());
    }

    @Test
    void topicDroppedAndTakenUpAgain_isToldByTurns() {
        Heard heard = new Heard();
        CandidateTopics a = candidate(coord(0), "a", heard);
        for (int i = 0; i < 3; i++) {
            a.stand("x");
            eventually("a to lead", () -> a.led().size() == 1);
            await(a.dropAsync("x"));
        }
        eventually("all", () -> heard.words.equals(List.of("+x", "-x", "+x", "-x", "+x", "-x")));
        await(a.closeAsync());
        await(a.closeAsync());
    }

    @Test
    void topicsAmiss_areRefused() {
        CandidateTopics a = candidate(cluster().open("n1", Duration.ofMinutes(1)), "a", new Heard());
        for (String bad : List.of("", "x/", "~x", "x/~y")) {
            assertThatThrownBy(() -> a.stand(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> a.stand(null)).isInstanceOf(NullPointerException.class);
        assertThat(a.topics()).isEmpty();
        await(a.closeAsync());
    }
}
