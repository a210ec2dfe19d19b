package dev.coord.recipes.mutation;

import java.util.Map;
import java.util.TreeMap;

/**
 * The bugs that {@code KnownBugsTest} is named after, put into today's sources as far as they can be: each by the test that
 * must convict it.
 */
final class KnownBugMutations {
    private static final String INTERNAL = "coord-recipes/src/main/java/dev/coord/recipes/internal/";
    private static final String CLAIM = INTERNAL + "Claim.java";
    private static final String TURN = INTERNAL + "Turn.java";
    private static final String TENURE = INTERNAL + "Tenure.java";

    private KnownBugMutations() {}

    /** By the name of the test. */
    static Map<String, Mutation> all() {
        Map<String, Mutation> bugs = new TreeMap<>();
        bugs.put(
                "curator1121_lockOnADyingEphemeral_isNotGrantedTwice",
                Mutation.of("curator1121", "a holder of the own name is taken for oneself before")
                        .edit(
                                TURN,
                                "if (!lines.get(i).admitsNewcomer(wants.get(i).ask())) {",
                                "String own = wants.get(i).ask().text();\n"
                                        + "            if (!lines.get(i).admitsNewcomer(wants.get(i).ask())\n"
                                        + "                    && lines.get(i).holders().stream()"
                                        + ".noneMatch(place -> place.ask().text().equals(own))) {"));
        bugs.put(
                "curator1193_releaseThatFails_isMadeUpFor",
                Mutation.of("curator1193", "a removal is tried once")
                        .edit(
                                INTERNAL + "Removal.java",
                                "if (failure == null || endsSession(failure) || coord.session().expired().isDone()) {",
                                "if (!done.isDone()) {"));
        bugs.put(
                "curator1024_reconnects_leaveNoOrphanedCandidate",
                Mutation.of("curator1024", "each attempt to queue is by a key of its own, and only the last is known")
                        .edit(TURN, "private final String id;", "private String id;")
                        .edit(TURN, "private final Moves moves;", "private Moves moves;")
                        .edit(
                                TURN,
                                "steps.send(moves.queue(), this::queue, lines -> queue(),",
                                "id = QueuePath.newId(coord.session());\n"
                                        + "        moves = new Moves(coord, wants, id, terms.leaseId(coord.session()));\n"
                                        + "        steps.send(moves.queue(), this::queue, lines -> queue(),"));
        bugs.put(
                "curator1137_reconnectingTwice_doesNotElectTheNodeOfAnEndingSession",
                Mutation.of("curator1137", "a leader's key with the own name is taken for the own key")
                        .edit(
                                TURN,
                                "Optional<Place> held = lines.get(0).holder(id);",
                                "Optional<Place> held = lines.get(0).holders().stream()\n"
                                        + "                .filter(place -> place.ask().text().equals("
                                        + "wants.get(0).ask().text()))\n"
                                        + "                .findFirst();"));
        bugs.put(
                "curator1169_withdrawnCandidate_isNotElectedBesideTheNext",
                Mutation.of("curator1169", "who resigns goes on leading until it hears that its key is gone")
                        .edit(
                                TENURE,
                                "public final CompletableFuture<Void> closeAsync() {\n        lose(Loss.RELEASED);",
                                "public final CompletableFuture<Void> closeAsync() {\n        letGo(Loss.RELEASED);"));
        bugs.put(
                "curator1211_leaderOfALapsedSession_doesNotLeadAgain",
                Mutation.of("curator1211", "who lapsed holds again when its session has recovered")
                        .edit(
                                TENURE,
                                "return stretch.lasts() && lostAt.get() == null;",
                                "return coord.session().isValid();"));
        bugs.put(
                "curator727_holderThatIsCutOff_isToldBeforeTheNextHolds",
                Mutation.of("curator727", "who lapses is not told")
                        .edit(TENURE, "stretch.whenOver(ended, () -> lose(Loss.LAPSED));", ""));
        bugs.put(
                "etcd11456_waiterWhoseLeaseHasEnded_isNotGranted",
                Mutation.of("etcd11456", "a waiter holds when nobody is before it, be its own key there or not")
                        .edit(
                                TURN,
                                "            placeGone();\n            return;",
                                "            grant(1);\n            return;")
                        .edit(TURN, "if (!stretch.lasts()) {", "if (id.isEmpty()) {")
                        .edit(
                                CLAIM,
                                "Async.onSignal(session.expired(), ended, () -> context.run(this::sessionEnded));",
                                ""));
        bugs.put(
                "etcd11457_lateWriteOfAFormerHolder_isRefused",
                Mutation.of("etcd11457", "what is written under a lock is written whoever holds it by then")
                        .edit(
                                TENURE,
                                "public final Guard guard() {\n        return Guard.createRevisionIs(key(), token);",
                                "public final Guard guard() {\n        return Guard.compare(\n"
                                        + "                KeyRange.key(key()), Guard.Target.CREATE_REVISION,"
                                        + " Guard.Relation.LESS, token + 1);"));
        bugs.put(
                "redisson6881_lockHeldByAnotherThread_isNotGranted",
                Mutation.of("redisson6881", "a lock that this client holds is granted to all its threads")
                        .edit(
                                TURN,
                                "if (!lines.get(i).admitsNewcomer(wants.get(i).ask())) {",
                                "if (!lines.get(i).admitsNewcomer(wants.get(i).ask())\n"
                                        + "                    && lines.get(i).holders().stream()"
                                        + ".noneMatch(place -> place.session() == coord.session().id())) {"));
        bugs.put(
                "hazelcast20315_locksNoLongerUsed_leaveNothingBehind",
                Mutation.of("hazelcast20315", "what was watched of a lock is watched for ever")
                        .edit(
                                INTERNAL + "Waiting.java",
                                "watches.forEach(Watch::close);\n        watches.clear();",
                                "watches.clear();"));
        return bugs;
    }
}
