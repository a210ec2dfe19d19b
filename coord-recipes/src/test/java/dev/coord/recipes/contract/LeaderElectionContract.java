package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.FencedException;
import dev.coord.kv.Consistency;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.LeaderInfo;
import dev.coord.recipes.election.LeaderListener;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.election.Observation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What a user sees of a {@link LeaderElection}. */
abstract class LeaderElectionContract extends RecipeContract {

    private LeaderElection election(Coord coord) {
        return LeaderElection.on(coord, path());
    }

    /** Remembers what it is told of the leader. */
    private static final class Told implements LeaderListener {
        final List<String> candidates = new CopyOnWriteArrayList<>();
        final List<Long> terms = new CopyOnWriteArrayList<>();
        final List<CoordException> ends = new CopyOnWriteArrayList<>();

        @Override
        public void onLeader(Optional<LeaderInfo> leader) {
            leader.ifPresent(info -> terms.add(info.term()));
            candidates.add(leader.map(LeaderInfo::candidate).orElse("none"));
        }

        @Override
        public void onEnd(CoordException cause) {
            ends.add(cause);
        }
    }

    @Test
    void campaigns_electOneAfterTheOther_withGrowingTerms() throws Exception {
        Leadership first = election(coord(0)).campaign("a");
        CompletableFuture<Leadership> second = election(coord(1)).campaignAsync("b");
        aMoment();
        assertHeld(first);
        assertThat(second).isNotDone();
        assertThat(election(coord(2)).leader()).contains(new LeaderInfo("a", first.term()));
        assertThat(first.fencingToken()).isEqualTo(first.term());

        first.resign();
        Leadership next = await(second);
        assertLost(first);
        assertHeld(next);
        assertThat(next.term()).isGreaterThan(first.term());
        assertThat(election(coord(1)).leader(Consistency.sequential())).contains(new LeaderInfo("b", next.term()));
        next.close();
        assertThat(election(coord(2)).leader()).isEmpty();
    }

    @Test
    void campaignForAWhile_isEmptyAtItsEnd_andWithdrawn() throws Exception {
        Leadership leading = election(coord(0)).campaign("a");
        assertThat(election(coord(1)).campaign("b", Duration.ofMillis(100))).isEmpty();
        assertThat(election(coord(1)).campaign("b", Duration.ZERO)).isEmpty();
        leading.close();
        assertThat(election(coord(2)).leader()).isEmpty();
        election(coord(1)).campaign("b", Duration.ZERO).orElseThrow().close();
    }

    @Test
    void withdrawnCandidate_isPassedOver() throws Exception {
        Leadership leading = election(coord(0)).campaign("a");
        CompletableFuture<Leadership> second = election(coord(1)).campaignAsync("b");
        aMoment();
        CompletableFuture<Leadership> third = election(coord(2)).campaignAsync("c");
        aMoment();
        second.cancel(false);
        leading.close();
        Leadership next = await(third);
        assertThat(election(coord(0)).leader()).map(LeaderInfo::candidate).contains("c");
        next.close();
    }

    @Test
    void leaderThatIsCutOff_isLostBeforeTheNextIsElected_andCannotWriteAnyMore() throws Exception {
        String raftLeader = leader();
        List<String> others = othersThan(raftLeader);
        Leadership first = await(election(cluster().open(raftLeader, TTL)).campaignAsync("a"));
        CompletableFuture<Leadership> second =
                election(cluster().coord(others.get(0))).campaignAsync("b");
        CompletableFuture<Boolean> wasOver =
                second.thenApply(won -> !first.isValid() && first.lost().isDone());
        cluster().faults().isolate(raftLeader);
        Leadership won = await(second);
        assertThat(await(wasOver)).isTrue();
        assertThat(won.term()).isGreaterThan(first.term());
        assertThat(writes(cluster().coord(others.get(1)), first, "late")).isFalse();
        cluster().faults().heal();
        aMoment();
        assertThat(won.isValid()).isTrue();
        assertThat(first.isValid()).isFalse();
        assertThat(failure(first.proclaimAsync("a again"))).isInstanceOf(FencedException.class);
        won.close();
    }

    @Test
    void leaderOfACrashedPeer_isFollowedByTheNext() throws Exception {
        String crashing = leader();
        List<String> others = othersThan(crashing);
        Leadership first = await(election(cluster().open(crashing, TTL)).campaignAsync("a"));
        CompletableFuture<Leadership> second =
                election(cluster().coord(others.get(0))).campaignAsync("b");
        aMoment();
        cluster().faults().crash(crashing);
        Leadership won = await(second);
        assertThat(first.isValid()).isFalse();
        assertThat(won.term()).isGreaterThan(first.term());
        assertThat(election(cluster().coord(others.get(1))).leader()).contains(new LeaderInfo("b", won.term()));
        won.close();
    }

    @Test
    void proclamation_changesWhatIsTold_notTheTerm_andOnlyTheLeaderMakesOne() throws Exception {
        Leadership leading = election(coord(0)).campaign("a");
        leading.proclaim("a, at port 7");
        assertThat(election(coord(1)).leader()).contains(new LeaderInfo("a, at port 7", leading.term()));
        assertHeld(leading);
        leading.close();
        assertThat(failure(leading.proclaimAsync("late"))).isInstanceOf(FencedException.class);
        assertThat(election(coord(1)).leader()).isEmpty();
    }

    @Test
    void observer_isToldOfEachLeaderOnce_inOrder() throws Exception {
        Told told = new Told();
        try (Observation observation = election(coord(2)).observe(told)) {
            eventually("the first word", () -> told.candidates.equals(List.of("none")));
            Leadership first = election(coord(0)).campaign("a");
            CompletableFuture<Leadership> second = election(coord(1)).campaignAsync("b");
            aMoment();
            first.proclaim("a2");
            first.close();
            await(second).close();
            List<String> all = List.of("none", "a", "a2", "b", "none");
            eventually("all of " + all + ", not only " + told.candidates, () -> told.candidates.equals(all));
            assertThat(told.terms).isSorted().startsWith(first.term(), first.term());
            observation.close();
        }
        election(coord(0)).campaign("unheard").close();
        aMoment();
        assertThat(told.candidates).hasSize(5);
        assertThat(told.ends).isEmpty();
    }

    @Test
    void observer_atAPeerThatWasCutOff_endsWithTheTruth() throws Exception {
        String away = leader();
        List<String> others = othersThan(away);
        Told told = new Told();
        try (Observation observation = election(cluster().coord(away)).observe(told)) {
            eventually("the first word", () -> !told.candidates.isEmpty());
            cluster().faults().isolate(away);
            await(await(election(cluster().coord(others.get(0))).campaignAsync("a"))
                    .closeAsync());
            Leadership last = await(election(cluster().coord(others.get(1))).campaignAsync("b"));
            cluster().faults().heal();
            eventually(
                    "the last leader",
                    () -> told.candidates.get(told.candidates.size() - 1).equals("b"));
            assertThat(told.terms).isSorted().endsWith(last.term());
            last.close();
            observation.close();
        }
    }

    @Test
    void observer_ofAHandleThatCloses_isToldTheEnd() {
        Told told = new Told();
        Coord own = cluster().open("n1", Duration.ofMinutes(1));
        Observation observation = election(own).observe(told);
        eventually("the first word", () -> !told.candidates.isEmpty());
        own.close();
        eventually("the end", () -> !told.ends.isEmpty());
        assertThat(told.ends).singleElement().isInstanceOf(ClosedException.class);
        observation.close();
    }
}
