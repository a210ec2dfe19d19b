package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.kv.Consistency;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.recipes.election.CandidateInfo;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.LeaderInfo;
import dev.coord.recipes.election.LeaderListener;
import dev.coord.recipes.election.Leadership;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;

/** What the contracts of elections share. */
abstract class ElectionContract extends RecipeContract {

    LeaderElection election(Coord coord) {
        return LeaderElection.on(coord, path());
    }

    /** Stands, and is seen to by everybody when this returns; the election must have a leader. */
    CompletableFuture<Leadership> standing(Coord coord, String name, int priority) {
        CompletableFuture<Leadership> campaign =
                election(coord).withPriority(priority).campaignAsync(name);
        eventually(
                name + " to stand",
                () -> candidates().stream().anyMatch(one -> one.candidate().equals(name)));
        return campaign;
    }

    List<CandidateInfo> candidates() {
        return await(election(somebody()).candidatesAsync(Consistency.linearizable()));
    }

    /** A handle of a peer that is with the majority. */
    private Coord somebody() {
        return cluster().coord(leader());
    }

    /** Remembers what it is told of the leader. */
    static final class Told implements LeaderListener {
        final List<String> words = new CopyOnWriteArrayList<>();
        final List<Long> terms = new CopyOnWriteArrayList<>();
        final List<CoordException> ends = new CopyOnWriteArrayList<>();

        @Override
        public void onLeader(Optional<LeaderInfo> leader) {
            leader.ifPresent(info -> terms.add(info.term()));
            words.add(leader.map(LeaderInfo::candidate).orElse("none"));
        }

        @Override
        public void onGap() {
            words.add("gap");
        }

        @Override
        public void onEnd(CoordException cause) {
            ends.add(cause);
        }
    }

    @AfterEach
    void nothingIsLeft() {
        cluster().faults().heal();
        RangeQuery below = RangeQuery.of(KeyRange.prefix(path() + "/"));
        eventually(
                "an empty store",
                () -> await(somebody().kv().rangeAsync(below, Consistency.linearizable()))
                        .entries()
                        .isEmpty());
        assertThat(cluster().ids()).isNotEmpty();
    }
}
