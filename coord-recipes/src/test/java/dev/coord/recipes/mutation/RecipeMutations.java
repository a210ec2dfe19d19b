package dev.coord.recipes.mutation;

import java.util.List;

/** Bugs of elections and locks. */
final class RecipeMutations {
    private static final String INTERNAL = "coord-recipes/src/main/java/dev/coord/recipes/internal/";
    private static final String ELECTION = "coord-recipes/src/main/java/dev/coord/recipes/election/";

    private RecipeMutations() {}

    static List<Mutation> all() {
        return List.of(
                Mutation.of("granted-after-death", "a waiter is granted the lock after its lease died")
                        .edit(INTERNAL + "Claim.java", "return session.isValid() && !lapsed.isDone();", "return true;")
                        .edit(
                                INTERNAL + "Holding.java",
                                "return coord.session().isValid() && !lapsed.isDone() && lostAt.get() == null;",
                                "return lostAt.get() == null;")
                        .by("locks"),
                Mutation.of("validity-by-signal-only", "a holder is valid until it was told otherwise")
                        .edit(
                                INTERNAL + "Holding.java",
                                "return coord.session().isValid() && !lapsed.isDone() && lostAt.get() == null;",
                                "return lostAt.get() == null;")
                        .by("locks"),
                Mutation.of("validity-survives-lapse", "a lock is valid again when its session has recovered")
                        .edit(
                                INTERNAL + "Holding.java",
                                "return coord.session().isValid() && !lapsed.isDone() && lostAt.get() == null;",
                                "return coord.session().isValid();")
                        .by("locks"),
                Mutation.of("token-reused", "the fencing token is the session's id, the same at each of its grants")
                        .edit(
                                INTERNAL + "Holding.java",
                                "public long fencingToken() {\n        return token;",
                                "public long fencingToken() {\n        return coord.session().id();")
                        .by("locks"),
                Mutation.of("one-key-per-session", "two claims of one session share their key")
                        .edit(
                                INTERNAL + "QueuePath.java",
                                "Long.toHexString(NUMBERS.incrementAndGet());",
                                "Long.toHexString(NUMBERS.get());")
                        .by("locks"),
                Mutation.of("unlock-of-others", "to unlock deletes the first of the queue, whoever it is")
                        .edit(
                                INTERNAL + "Removal.java",
                                "Txn txn = coord.kv().txn().then(Op.delete(key));",
                                "Txn txn = coord.kv().txn().then(Op.delete(key), Op.delete("
                                        + "dev.coord.kv.KeyRange.prefix(key.substring(0, key.indexOf(\"/~\") + 2))));")
                        .edit(
                                INTERNAL + "Removal.java",
                                "return token == 0 ? txn : txn.when(Guard.createRevisionIs(key, token));",
                                "return txn;")
                        .by("locks"),
                Mutation.of("woken-is-granted", "a waiter takes the end of the one before it for its own turn")
                        .edit(
                                INTERNAL + "Claim.java",
                                "stopWaiting();\n            look();",
                                "stopWaiting();\n            grant(token);")
                        .by("locks"),
                Mutation.of("waits-for-absent", "a waiter watches from the present, not from what it read")
                        .edit(
                                INTERNAL + "Claim.java",
                                "WatchSpec.of(KeyRange.key(waiter)).from(seenAt + 1).deletesOnly();",
                                "WatchSpec.of(KeyRange.key(waiter)).from(seenAt + 2).deletesOnly();")
                        .by("locks"),
                Mutation.of("claim-left-behind", "a claim that was given up leaves its key in the queue")
                        .edit(INTERNAL + "Claim.java", "if (perhapsQueued) {", "if (key.isEmpty()) {")
                        .by("locks"),
                Mutation.of("observer-misses-one", "an observer goes on one revision too late after its first read")
                        .edit(
                                ELECTION + "Observation.java",
                                "watchFrom(state.revision() + 1);",
                                "watchFrom(state.revision() + 2);")
                        .by("locks"));
    }
}
