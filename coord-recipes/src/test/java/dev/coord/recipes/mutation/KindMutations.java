package dev.coord.recipes.mutation;

import java.util.List;

/** Bugs of readers and writers, semaphores, several locks at once, and locks with a delay. */
final class KindMutations {
    private static final String INTERNAL = "coord-recipes/src/main/java/dev/coord/recipes/internal/";
    private static final String LOCK = "coord-recipes/src/main/java/dev/coord/recipes/lock/";

    private KindMutations() {}

    static List<Mutation> all() {
        return List.of(
                Mutation.of("upgrade-among-readers", "a reader that upgrades does not wait for the other readers")
                        .edit(INTERNAL + "Raise.java", "Guard.Relation.EQUAL, 1);", "Guard.Relation.GREATER, 0);")
                        .edit(
                                INTERNAL + "Raise.java",
                                "} else if (line.holders().size() == 1) {",
                                "} else if (over == false) {")
                        .by("locks"),
                Mutation.of("upgrades-at-once", "two readers upgrade at a time, and wait for each other")
                        .edit(
                                INTERNAL + "Raise.java",
                                ".when(unchanged(own), Grip.allRead(holding.queue()))",
                                ".when(unchanged(own))")
                        .edit(
                                INTERNAL + "Raise.java",
                                "return place.ask().permits() > 1 && !place.id().equals(holding.id());",
                                "return place.id().isEmpty();")
                        .by("locks"),
                Mutation.of("downgrade-lets-a-writer-in", "a downgrade gives the lock up and claims to have kept it")
                        .edit(
                                INTERNAL + "Line.java",
                                "return holders.stream().mapToLong(this::taken).sum();",
                                "return holders.stream().mapToLong(place -> taken(place) - 1L).sum();")
                        .by("locks"),
                Mutation.of("downgraded-writer-believes", "who downgraded goes on believing to be the writer")
                        .edit(
                                LOCK + "WriteLockHandle.java",
                                "return returned.get() == null && holding.isValid();",
                                "return holding.isValid();")
                        .by("locks"),
                Mutation.of("upgrade-without-token", "an upgrade writes with the token that the reader had")
                        .edit(
                                LOCK + "WriteLockHandle.java",
                                "this(grip, base, raised.token(), grip.writing(raised.permits()));",
                                "this(grip, base, base.fencingToken(), grip.writing(raised.permits()));")
                        .by("locks"),
                Mutation.of("limit-ignored", "a semaphore has the limit that its code says, whatever was set")
                        .edit(INTERNAL + "Line.java", "this.capacity = found;", "this.capacity = usualCapacity;")
                        .by("locks"),
                Mutation.of("one-of-several", "of several locks the first only is waited for")
                        .edit(
                                INTERNAL + "Moves.java",
                                "for (int i = 0; i < lines.size(); i++) {\n            txn.when(",
                                "for (int i = 0; i < 1; i++) {\n            txn.when(")
                        .by("locks"),
                Mutation.of("several-promoted-by-others", "whoever releases one of several locks hands it on alone")
                        .edit(INTERNAL + "Moves.java", "if (!place.ask().alone()) {", "if (place.since() > 0) {")
                        .by("locks"),
                Mutation.of("several-without-look", "of several locks the others' holders are not looked at")
                        .edit(
                                INTERNAL + "Moves.java",
                                "txn.when(wants.get(i).nothingMissed(lines.get(i)));",
                                "txn.when(wants.get(0).nothingMissed(lines.get(0)));")
                        .edit(
                                INTERNAL + "Turn.java",
                                "for (Line line : lines) {\n            if (!line.admits(id)) {",
                                "for (Line line : lines.subList(0, 1)) {\n            if (!line.admits(id)) {")
                        .by("locks"),
                Mutation.of("delay-ignored", "who lapsed gives a lock with a delay back at once")
                        .edit(
                                INTERNAL + "Holding.java",
                                "if (loss == Loss.LAPSED && !terms.lockDelay().isZero()) {",
                                "if (loss == Loss.LAPSED && terms.lockDelay().isNegative()) {")
                        .by("locks"),
                Mutation.of("delay-too-short", "the lease of a lock with a delay is no longer than the session's time")
                        .edit(
                                INTERNAL + "DelayedClaim.java",
                                "coord.session().ttl().plus(delay).multipliedBy(8).dividedBy(5);",
                                "coord.session().ttl();")
                        .by("locks"));
    }
}
