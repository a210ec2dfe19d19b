package dev.coord.recipes.mutation;

import java.util.List;

/** Bugs of who is elected next, of hand-overs, and of what observers are told. */
final class ElectionMutations {
    private static final String INTERNAL = "coord-recipes/src/main/java/dev/coord/recipes/internal/";
    private static final String ELECTION = "coord-recipes/src/main/java/dev/coord/recipes/election/";

    private ElectionMutations() {}

    private static Mutation of(String name, String what) {
        return Mutation.of(name, what).by("elections");
    }

    static List<Mutation> all() {
        return List.of(
                of("promoted-unguarded", "whoever finds nobody holding promotes, though another has been meanwhile")
                        .edit(
                                INTERNAL + "Moves.java",
                                "Txn txn = coord.kv().txn().when(wants.get(0).nothingMissed(line));",
                                "Txn txn = coord.kv().txn();"),
                of("promoted-by-hearsay", "who is next is decided by a view that may not have the first of them yet")
                        .edit(
                                INTERNAL + "Want.java",
                                "return isRanked ? line.nobodyNew() : line.nobodyNewHolds();",
                                "return line.nobodyNewHolds();"),
                of("priority-ignored", "candidates are elected in the order of their coming, whatever their priority")
                        .edit(
                                INTERNAL + "Line.java",
                                "(Place place) -> place.ask().priority())",
                                "(Place place) -> 0)"),
                of("transfer-keeps-old-key", "who hands over stays")
                        .edit(
                                INTERNAL + "Moves.java",
                                "Txn txn = coord.kv().txn().when(Guard.createRevisionIs(own, token)).then(Op.delete(own));",
                                "Txn txn = coord.kv().txn().when(Guard.createRevisionIs(own, token));"),
                of("elects-whoever-left", "a candidate that has gone is promoted all the same")
                        .edit(
                                INTERNAL + "Moves.java",
                                "txn.when(Guard.createRevisionIs(place.entry().key(), place.since()))",
                                "txn"),
                of("valid-until-answered", "who hands over believes in its leadership until the store has answered")
                        .edit(INTERNAL + "Tenure.java", "return !isInDoubt() && isCertain();", "return isCertain();"),
                of("observer-told-out-of-order", "what an observer is told may overtake what it was told before")
                        .edit(
                                ELECTION + "Observation.java",
                                "listener.onLeader(now);",
                                "coord.callbacks().execute(() -> listener.onLeader(now));"),
                of("observer-misses-short-terms", "an observer is told of the present, whatever the event was")
                        .edit(
                                ELECTION + "Observation.java",
                                "tell(LeaderElection.leaderOf(queue, new RangeResult(revision, puts, puts.size())));",
                                "coord.kv().rangeAsync(RangeQuery.of(queue.holders()), Consistency.sequential())"
                                        + ".thenAccept(state -> tell(LeaderElection.leaderOf(queue, state)));"),
                of("gap-untold", "an observer is not told that history was lost")
                        .edit(ELECTION + "Observation.java", "listener.onGap();", "return;"));
    }
}
