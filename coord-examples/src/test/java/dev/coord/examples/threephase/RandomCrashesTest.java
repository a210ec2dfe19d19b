package dev.coord.examples.threephase;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Crashes of any processes, at any of their messages. More seeds: {@code -Dthreephase.seeds=5000}, from {@code -Dthreephase.from}. */
class RandomCrashesTest {
    private static final int SEEDS = Integer.getInteger("threephase.seeds", 600);
    private static final long FROM = Long.getLong("threephase.from", 1);
    private static final List<String> PEERS = List.of("n1", "n2", "n3", "n4", "n5");

    private static final List<Kind> ALL = List.of(Kind.values());

    private record Played(String what, Outcome outcome) {}

    private static Played play(Rules rules, long seed) {
        Random random = new Random(seed);
        Set<String> refusing = random.nextInt(8) == 0 ? Set.of(PEERS.get(1 + random.nextInt(4))) : Set.of();
        StringBuilder what = new StringBuilder(rules + " seed " + seed + " refusing " + refusing);
        try (Stage stage = Stage.simulated(new ClassicContender(rules), seed, refusing)) {
            crashes(random).forEach((peer, moment) -> {
                what.append("; ").append(peer).append(" at ").append(moment);
                stage.crashing(peer, moment);
            });
            Outcome outcome = stage.play();
            return new Played(what + "\n  " + outcome.describe(), outcome);
        }
    }

    /** Anything, or what is worst: each process crashes in the middle of what it does when it is in charge. */
    private static Map<String, Moment> crashes(Random random) {
        Map<String, Moment> crashes = new TreeMap<>();
        if (random.nextBoolean()) {
            crashes.put("n1", Moment.at("n1", Event.SENT, Kind.PRE_COMMIT, 1 + random.nextInt(2)));
            crashes.put("n2", Moment.anyAt("n2", ALL, 8 + random.nextInt(24)));
            crashes.put("n3", Moment.anyAt("n3", ALL, 8 + random.nextInt(24)));
        } else {
            for (String peer : PEERS.subList(0, 1 + random.nextInt(4))) {
                if (random.nextInt(5) > 0) {
                    crashes.put(peer, Moment.anyAt(peer, ALL, 1 + random.nextInt(36)));
                }
            }
        }
        return crashes;
    }

    @Test
    void threePhases_neitherSplitNorBlock_whoeverCrashes() {
        Map<State, Integer> ends = new EnumMap<>(State.class);
        int several = 0;
        for (long seed = FROM; seed < FROM + SEEDS; seed++) {
            Played played = play(Rules.THREE_PHASE, seed);
            assertThat(played.outcome().isSplit()).as(played.what()).isFalse();
            assertThat(played.outcome().isBlocked()).as(played.what()).isFalse();
            ends.merge(played.outcome().states().get("n5"), 1, Integer::sum);
            several += played.outcome().crashed().size() > 1 ? 1 : 0;
        }
        assertThat(ends).containsKeys(State.COMMITTED, State.ABORTED);
        assertThat(several).isGreaterThan(SEEDS / 4);
    }

    /** Found by seed 16664 of the test above, when an elected process did not wait before it asked for states. */
    @Test
    void successorOfOneThatDiedAmongItsPreCommits_doesNotDecideOnOldStates() {
        for (long seed = FROM; seed < FROM + SEEDS / 2; seed++) {
            try (Stage stage = Stage.simulated(new ClassicContender(Rules.THREE_PHASE), seed)) {
                stage.crashing("n1", Moment.at("n1", Event.SENT, Kind.PRE_COMMIT, 1))
                        .crashing("n2", Moment.at("n2", Event.SENT, Kind.PRE_COMMIT, 1 + (int) (seed % 3)))
                        .crashing("n3", Moment.at("n3", Event.SENDING, Kind.ABORT, 1));
                Outcome outcome = stage.play();
                assertThat(outcome.isSplit())
                        .as("seed %s: %s", seed, outcome.describe())
                        .isFalse();
            }
        }
    }

    @Test
    void twoPhases_neverSplit_butBlock() {
        int blocked = 0;
        for (long seed = FROM; seed < FROM + SEEDS / 6; seed++) {
            Played played = play(Rules.TWO_PHASE, seed);
            assertThat(played.outcome().isSplit()).as(played.what()).isFalse();
            blocked += played.outcome().isBlocked() ? 1 : 0;
        }
        assertThat(blocked).isPositive();
    }
}
