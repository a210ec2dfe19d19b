package dev.coord.recipes.mutation;

import java.util.List;

/** Bugs of elections and locks. */
final class RecipeMutations {
    private static final String INTERNAL = "coord-recipes/src/main/java/dev/coord/recipes/internal/";
    private static final String ELECTION = "coord-recipes/src/main/java/dev/coord/recipes/election/";

    private static final String VALIDITY = "return stretch.lasts() && lostAt.get() == null;";

    private static final String SYNC = "coord-recipes/src/main/java/dev/coord/recipes/sync/";
    private static final String QUEUE = "coord-recipes/src/main/java/dev/coord/recipes/queue/";

    private RecipeMutations() {}

    static List<Mutation> all() {
        return List.of(
                Mutation.of("granted-after-death", "a waiter is granted the lock after its lease died")
                        .edit(INTERNAL + "Turn.java", "if (!stretch.lasts()) {", "if (id.isEmpty()) {")
                        .edit(INTERNAL + "Tenure.java", VALIDITY, "return lostAt.get() == null;")
                        .by("locks"),
                Mutation.of("validity-by-signal-only", "a holder is valid until it was told otherwise")
                        .edit(INTERNAL + "Tenure.java", VALIDITY, "return lostAt.get() == null;")
                        .by("locks"),
                Mutation.of("validity-survives-lapse", "a lock is valid again when its session has recovered")
                        .edit(INTERNAL + "Tenure.java", VALIDITY, "return coord.session().isValid();")
                        .by("locks"),
                Mutation.of("token-reused", "the fencing token is the session's id, the same at each of its grants")
                        .edit(
                                INTERNAL + "Tenure.java",
                                "public final long fencingToken() {\n        return token;",
                                "public final long fencingToken() {\n        return coord.session().id();")
                        .by("locks"),
                Mutation.of("one-key-per-session", "two claims of one session share their key")
                        .edit(
                                INTERNAL + "QueuePath.java",
                                "Long.toHexString(session.nextNumber());",
                                "Long.toHexString(1);")
                        .by("locks"),
                Mutation.of("unlock-of-others", "to give a claim up deletes whoever holds")
                        .edit(
                                INTERNAL + "Moves.java",
                                "Op.delete(want.queue().holderKey(id)),",
                                "Op.delete(want.queue().holders()),")
                        .by("locks"),
                Mutation.of("entered-unseen", "whoever finds a lock free takes it, though another has meanwhile")
                        .edit(INTERNAL + "Moves.java", "lines.forEach(line -> txn.when(line.nobodyNew()));", "")
                        .by("locks"),
                Mutation.of("overtaken", "whoever finds a lock free takes it, though others wait")
                        .edit(
                                INTERNAL + "Line.java",
                                "return waiters.isEmpty() && held() + ask.permits() <= capacity;",
                                "return held() + ask.permits() <= capacity;")
                        .by("elections"),
                Mutation.of("granted-when-seen", "a waiter takes a look at the queue for its turn")
                        .edit(
                                INTERNAL + "Turn.java",
                                "if (full == null) {\n            advance(lines);",
                                "if (!lines.isEmpty()) {\n            grant(lines.get(0).revision());")
                        .by("locks"),
                Mutation.of("waits-for-absent", "a waiter watches from the present, not from what it read")
                        .edit(
                                INTERNAL + "Turn.java",
                                "waiting.until(ahead.from(line.revision() + 1));",
                                "waiting.until(ahead.from(line.revision() + 2));")
                        .by("locks"),
                Mutation.of("claim-left-behind", "a claim that was given up leaves its key in the queue")
                        .edit(INTERNAL + "Steps.java", "return perhapsThere\n", "return wants.isEmpty()\n")
                        .by("locks"),
                Mutation.of("handed-over-for-ever", "a lock that is handed over does not end with its new holder")
                        .edit(INTERNAL + "Moves.java", "ask.lease() == 0 ? place.entry().lease() : ask.lease();", "0;")
                        .by("locks"),
                Mutation.of("observer-misses-one", "an observer goes on one revision too late after its first read")
                        .edit(
                                ELECTION + "Observation.java",
                                "watchFrom(state.revision() + 1);",
                                "watchFrom(state.revision() + 2);")
                        .by("locks"),
                Mutation.of("acknowledged-unclaimed", "a consumer acknowledges an item that it has lost")
                        .edit(
                                QUEUE + "ClaimedItem.java",
                                "Txn txn = coord.kv().txn().when(guard()).then(steps);",
                                "Txn txn = coord.kv().txn().then(steps);")
                        .by("queues"),
                Mutation.of("claimed-twice", "an item is claimed though another consumer has it")
                        .edit(QUEUE + "Taker.java", "Guard.absent(claim),", "")
                        .by("queues"),
                Mutation.of("number-taken", "an item is put under the number of another")
                        .edit(QUEUE + "Putter.java", "guards.add(Guard.absent(keys.laneFrom(priority, number)));", "")
                        .by("queues"),
                Mutation.of("held-item-delivered", "an item is delivered before its delay is over")
                        .edit(QUEUE + "ItemIndex.java", "&& !state.kinds.contains(Kind.HOLD)", "")
                        .edit(
                                QUEUE + "Taker.java",
                                "Guard.absent(claim),\n                        Guard.absent(keys.key(Kind.HOLD, name)))",
                                "Guard.absent(claim))")
                        .by("queues"),
                Mutation.of("delivery-survives-lapse", "a delivery is valid again when its session has recovered")
                        .edit(
                                QUEUE + "ClaimedItem.java",
                                "return coord.session().isValid() && !lapsed.isDone() && !isOver();",
                                "return coord.session().isValid();")
                        .by("queues"),
                Mutation.of("broken-is-passed", "a party passes a barrier that was broken")
                        .edit(SYNC + "CyclicArrival.java", "gone.contains(generation(keys))", "true")
                        .by("barriers"),
                Mutation.of("trips-too-soon", "a cyclic barrier lets pass one short of all")
                        .edit(
                                SYNC + "CyclicArrival.java",
                                "Relation.GREATER, parties - 2L)",
                                "Relation.GREATER, parties - 3L)")
                        .edit(SYNC + "CyclicArrival.java", "Relation.LESS, parties - 1)", "Relation.LESS, parties - 2)")
                        .by("barriers"),
                Mutation.of("leaves-alone", "a member does not wait for those who are still in")
                        .edit(SYNC + "Leaving.java", "&& entry.createRevision() <= round)\n", "&& round < 0)\n")
                        .by("barriers"),
                Mutation.of("enters-a-full-round", "a member enters while a round has begun")
                        .edit(
                                SYNC + "Entering.java",
                                "Guard.absent(own), Guard.absent(round), places",
                                "Guard.absent(own), places")
                        .by("barriers"));
    }
}
