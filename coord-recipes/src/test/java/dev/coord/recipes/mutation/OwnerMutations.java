package dev.coord.recipes.mutation;

import java.util.List;

/** Bugs of owners: of what they hold again, and of what they wait for. */
final class OwnerMutations {
    private static final String LOCK = "coord-recipes/src/main/java/dev/coord/recipes/lock/";
    private static final String INTERNAL = "coord-recipes/src/main/java/dev/coord/recipes/internal/";

    private OwnerMutations() {}

    static List<Mutation> all() {
        return List.of(
                Mutation.of("reentered-after-loss", "an owner has a lock again that it has lost (Curator)")
                        .edit(LOCK + "OwnerTurn.java", "if (held.lock().isValid()) {", "if (!owner.isEmpty()) {")
                        .by("owners"),
                Mutation.of("released-by-any", "the first handle that is closed releases the lock")
                        .edit(LOCK + "OwnerGrant.java", "over = open.isEmpty();", "over = true;")
                        .by("owners"),
                Mutation.of("never-released", "the last handle that is closed does not release the lock")
                        .edit(LOCK + "OwnerGrant.java", "over = open.isEmpty();", "over = open.size() < 0;")
                        .by("owners"),
                Mutation.of("deadlock-own-claim-unseen", "whoever looks for a deadlock leaves itself out")
                        .edit(LOCK + "Standstill.java", "one.since() <= upTo", "one.since() < upTo")
                        .by("owners"),
                Mutation.of("deadlock-by-all", "all in a deadlock give up, as each counts those who came later")
                        .edit(
                                LOCK + "DeadlockCheck.java",
                                "Standstill.of(queues, since)",
                                "Standstill.of(queues, Long.MAX_VALUE)")
                        .by("owners"),
                Mutation.of("deadlock-line-forgotten", "who waits in line is taken to wait for the holders only")
                        .edit(
                                LOCK + "Standstill.java",
                                "waits.add(new Wait(line.get(i), line.get(i - 1)));",
                                "if (!inside.isEmpty()) { waits.add(new Wait(line.get(i), inside.get(0))); }")
                        .by("owners"),
                Mutation.of("deadlock-without-reduction", "a semaphore is waited for as if each holder had to let go")
                        .edit(
                                LOCK + "Standstill.java",
                                "return party != null && party.waiting > 0;",
                                "return party != null;")
                        .edit(LOCK + "Standstill.java", "idle.forEach(party -> leave(party, changed));", "")
                        .by("owners"),
                Mutation.of("capacity-untold", "an ask does not tell the capacity of its queue")
                        .edit(INTERNAL + "Want.java", "ask = ask.withCapacity(capacity);", "")
                        .by("owners"),
                Mutation.of("behind-those-elsewhere", "one that waits elsewhere keeps others from room for both")
                        .edit(
                                INTERNAL + "Moves.java",
                                "if (!place.ask().alone()) {",
                                "if (place.ask().alone()) {\n                break;\n            } else {")
                        .by("owners"));
    }
}
