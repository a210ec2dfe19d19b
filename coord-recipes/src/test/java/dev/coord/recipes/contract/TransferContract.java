package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.FencedException;
import dev.coord.recipes.HandleState;
import dev.coord.recipes.election.CandidateInfo;
import dev.coord.recipes.election.LeaderInfo;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.election.Observation;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who leads next: by priority, by the leader's choice, or again. */
abstract class TransferContract extends ElectionContract {

    private static List<String> names(List<CandidateInfo> candidates) {
        return candidates.stream().map(CandidateInfo::candidate).toList();
    }

    @Test
    void vacancy_electsTheGreatestPriority_amongEqualsTheFirst() throws Exception {
        Leadership first = election(coord(0)).campaign("a");
        List<CompletableFuture<Leadership>> inOrderOfArrival = List.of(
                standing(coord(1), "usual", 0),
                standing(coord(2), "high", 5),
                standing(coord(0), "high too", 5),
                standing(coord(1), "least", Integer.MIN_VALUE),
                standing(coord(2), "most", Integer.MAX_VALUE));
        assertHeld(first);
        assertThat(names(candidates())).containsExactly("most", "high", "high too", "usual", "least");
        assertThat(candidates()).allMatch(one -> one.since() > first.term());

        Leadership leading = first;
        for (int next : List.of(4, 1, 2, 0, 3)) {
            assertThat(inOrderOfArrival.get(next)).isNotDone();
            await(leading.closeAsync());
            Leadership elected = await(inOrderOfArrival.get(next));
            assertThat(elected.term()).isGreaterThan(leading.term());
            assertHeld(elected);
            leading = elected;
        }
        leading.close();
    }

    @Test
    void leaderThatDies_isFollowedByTheGreatestPriority() {
        String away = leader();
        List<String> others = othersThan(away);
        Leadership first = await(election(cluster().open(away, TTL)).campaignAsync("a"));
        CompletableFuture<Leadership> usual = standing(cluster().coord(others.get(0)), "usual", 0);
        CompletableFuture<Leadership> high = standing(cluster().coord(others.get(1)), "high", 1);
        cluster().faults().isolate(away);
        Leadership next = await(high);
        assertThat(first.isValid()).isFalse();
        assertThat(usual).isNotDone();
        await(next.closeAsync());
        await(await(usual).closeAsync());
    }

    @Test
    void transfer_electsTheChosenOne_atOnce_withoutAMomentOfNoneOrTwo() throws Exception {
        Told told = new Told();
        Leadership first = election(coord(0)).campaign("a");
        try (Observation observation = election(coord(2)).observe(told)) {
            eventually("the first word", () -> told.words.equals(List.of("a")));
            CompletableFuture<Leadership> passedOver = standing(coord(1), "b", 7);
            CompletableFuture<Leadership> chosen = standing(coord(2), "c", 0);
            CompletableFuture<Boolean> wasOver = chosen.thenApply(won -> !first.isValid());

            assertThat(first.transferTo("c")).isTrue();
            Leadership next = await(chosen);
            assertThat(await(wasOver)).isTrue();
            assertLost(first);
            assertThat(first.state()).isEqualTo(HandleState.LOST);
            assertHeld(next);
            assertThat(next.term()).isGreaterThan(first.term());
            assertThat(election(coord(1)).leader()).contains(new LeaderInfo("c", next.term()));
            eventually("the next leader", () -> told.words.equals(List.of("a", "c")));

            aMoment();
            assertThat(passedOver).isNotDone();
            assertThat(next.transferTo(candidates().get(0))).isTrue();
            await(passedOver).close();
            List<String> all = List.of("a", "c", "b", "none");
            eventually("all of " + all, () -> told.words.equals(all));
            assertThat(told.terms).isSorted().doesNotHaveDuplicates();
            observation.close();
        }
    }

    @Test
    void transfer_toWhoeverHasGone_changesNothing() throws Exception {
        Leadership leading = election(coord(0)).campaign("a");
        assertThat(leading.transferTo("nobody")).isFalse();
        CompletableFuture<Leadership> leaving = standing(coord(1), "b", 0);
        CandidateInfo gone = candidates().get(0);
        leaving.cancel(false);
        eventually("nobody to stand", () -> candidates().isEmpty());
        assertThat(leading.transferTo(gone)).isFalse();
        assertHeld(leading);
        assertThat(leading.state()).isEqualTo(HandleState.HELD);
        leading.close();
        assertThat(failure(leading.transferToAsync(gone))).isInstanceOf(FencedException.class);
        assertThat(failure(leading.transferToAsync("b"))).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> leading.transferToAsync((String) null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void transfer_toOneWhoLeavesAtThatMoment_endsWithOneLeaderOrNone() throws Exception {
        Leadership leading = election(coord(0)).campaign("a");
        CompletableFuture<Leadership> leaving = standing(coord(1), "b", 0);
        CompletableFuture<Boolean> transfer = leading.transferToAsync("b");
        leaving.cancel(false);
        boolean done = await(transfer);
        assertThat(leading.isValid()).isEqualTo(!done);
        if (!done) {
            assertHeld(leading);
        }
        leading.close();
        eventually("no leader", () -> election(coord(2)).leader().isEmpty());
    }

    @Test
    void requeue_standsAgainBehindTheOthers_withItsLastWords() throws Exception {
        Leadership first = election(coord(0)).campaign("a");
        first.proclaim("a2");
        CompletableFuture<Leadership> other = standing(coord(1), "b", 0);
        CompletableFuture<Leadership> again = first.requeueAsync();
        Leadership between = await(other);
        assertLost(first);
        eventually("a2 to stand", () -> names(candidates()).equals(List.of("a2")));
        assertThat(again).isNotDone();
        between.close();
        Leadership last = await(again);
        assertHeld(last);
        assertThat(last.term()).isGreaterThan(between.term());
        Leadership alone = last.requeue();
        assertLost(last);
        assertHeld(alone);
        alone.close();
    }

    @Test
    void requeue_cancelled_withdraws() throws Exception {
        Leadership first = election(coord(0)).campaign("a");
        CompletableFuture<Leadership> other = standing(coord(1), "b", 0);
        CompletableFuture<Leadership> again = first.requeueAsync();
        Leadership between = await(other);
        again.cancel(false);
        aMoment();
        eventually("nobody to stand", () -> candidates().isEmpty());
        between.close();
        assertThat(election(coord(2)).leader()).isEmpty();
    }
}
