package dev.coord.examples.threephase;

import static dev.coord.examples.threephase.CommitModel.alive;
import static dev.coord.examples.threephase.CommitModel.anywhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {

    /** All vectors of one to five states. */
    private static List<List<State>> vectors() {
        List<List<State>> all = new ArrayList<>();
        List<List<State>> longest = List.of(List.of());
        for (int size = 1; size <= 5; size++) {
            longest = longest.stream()
                    .flatMap(vector -> List.of(State.values()).stream().map(state -> {
                        List<State> longer = new ArrayList<>(vector);
                        longer.add(state);
                        return List.copyOf(longer);
                    }))
                    .toList();
            all.addAll(longest);
        }
        return all;
    }

    private static String letters(List<State> states) {
        return states.stream().map(state -> String.valueOf(state.letter())).collect(Collectors.joining());
    }

    /** The rules as the books print them, on words. */
    private static Step naive(Rules rules, String word) {
        if (word.matches(".*[aq].*c.*|.*c.*[aq].*")) {
            return Step.NOTHING_HELPS;
        }
        if (word.matches(".*[aq].*")) {
            return Step.ABORT;
        }
        if (word.matches(".*c.*")) {
            return Step.COMMIT;
        }
        if (word.matches("w+")) {
            return rules == Rules.THREE_PHASE ? Step.ABORT : Step.WAIT;
        }
        return Step.PRE_COMMIT_THEN_COMMIT;
    }

    @Test
    void everyVectorOfStates_isJudgedAsTheBooksSay() {
        List<List<State>> vectors = vectors();
        assertThat(vectors).hasSize(5 + 25 + 125 + 625 + 3125);
        for (List<State> vector : vectors) {
            String word = letters(vector);
            assertThat(Rules.THREE_PHASE.recover(vector)).as(word).isEqualTo(naive(Rules.THREE_PHASE, word));
            if (!word.contains("p")) {
                assertThat(Rules.TWO_PHASE.recover(vector)).as(word).isEqualTo(naive(Rules.TWO_PHASE, word));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void threePhases_decideInEveryReachableState_andNeverAgainstTheDead(int participants) {
        Set<String> reachable = CommitModel.reachable(true, participants);
        assertThat(reachable).hasSizeGreaterThan(10);
        for (String state : reachable) {
            if (alive(state).isEmpty()) {
                continue;
            }
            Step step = Rules.THREE_PHASE.recover(alive(state));
            assertThat(step).as(state).isIn(Step.ABORT, Step.COMMIT, Step.PRE_COMMIT_THEN_COMMIT);
            assertThat(anywhere(state, step == Step.ABORT ? 'c' : 'a'))
                    .as("%s: %s", state, step)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void twoPhases_waitOnlyWhereAnyDecisionCouldBeWrong(int participants) {
        Map<List<State>, Set<Character>> decidedBySome = new HashMap<>();
        for (String state : CommitModel.reachable(false, participants)) {
            Set<Character> decided = decidedBySome.computeIfAbsent(alive(state), alive -> new TreeSet<>());
            List.of('a', 'c').stream()
                    .filter(outcome -> anywhere(state, outcome))
                    .forEach(decided::add);
        }
        decidedBySome.remove(List.of());
        decidedBySome.forEach((alive, decided) -> {
            Step step = Rules.TWO_PHASE.recover(alive);
            if (step == Step.WAIT) {
                assertThat(decided).as("%s", alive).containsExactly('a', 'c');
            } else {
                assertThat(decided).as("%s: %s", alive, step).doesNotContain(step == Step.ABORT ? 'c' : 'a');
            }
        });
    }

    @Test
    void noStates_areRefused() {
        assertThatThrownBy(() -> Rules.THREE_PHASE.recover(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no states: an elected process counts itself");
    }

    @Test
    void preCommittedInTwoPhaseCommit_isRefused() {
        assertThatThrownBy(() -> Rules.TWO_PHASE.recover(List.of(State.UNCERTAIN, State.PRECOMMITTED)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("all processes must run the same protocol");
    }

    @Test
    void decidedState_isFinal() {
        for (State state : State.values()) {
            assertThat(State.COMMITTED.canBecome(state)).isFalse();
            assertThat(State.ABORTED.canBecome(state)).isFalse();
        }
    }
}
