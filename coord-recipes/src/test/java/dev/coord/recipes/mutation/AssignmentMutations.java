package dev.coord.recipes.mutation;

import java.util.List;

/** Bugs of partition assignment. */
final class AssignmentMutations {
    private static final String ASSIGNMENT = "coord-recipes/src/main/java/dev/coord/recipes/assignment/";

    private AssignmentMutations() {}

    static List<Mutation> all() {
        return List.of(
                Mutation.of("taken-before-released", "a new owner does not wait for the former one")
                        .edit(
                                ASSIGNMENT + "Owning.java",
                                "if (isMine(partition) && all.view().owner(partition) == null) {",
                                "if (isMine(partition)) {")
                        .edit(
                                ASSIGNMENT + "Owning.java",
                                "Guard.absent(all.path().owner(partition)),",
                                "Guard.exists(all.path().target(partition)),")
                        .by("assignment"),
                Mutation.of("target-not-guarded", "a claim is made though the target has moved on meanwhile")
                        .edit(
                                ASSIGNMENT + "Owning.java",
                                "Guard.modRevisionIs(all.path().target(partition), target.modRevision()),",
                                "Guard.absent(all.path().owner(partition)),")
                        .by("assignment"),
                Mutation.of("targets-not-fenced", "a former leader's targets are still written")
                        .edit(
                                ASSIGNMENT + "Leading.java",
                                ".when(term.guard(), all.registrationGuard())",
                                ".when(all.registrationGuard())")
                        .by("assignment"),
                Mutation.of("revoked-without-asking", "a partition is given back before its owner has stopped")
                        .edit(
                                ASSIGNMENT + "Owning.java",
                                "Async.whenDone(stopped.toCompletableFuture(), (done, failure) -> ownership.lose(true));",
                                "ownership.lose(stopped != null);")
                        .by("assignment"),
                Mutation.of("free-not-noticed", "whoever is to have a partition looks at its target only")
                        .edit(
                                ASSIGNMENT + "AssignmentView.java",
                                "if (path.isOwner(key) || path.isTarget(key)) {",
                                "if (path.isTarget(key)) {")
                        .by("assignment"),
                Mutation.of("owner-survives-lapse", "a partition is valid again when its session has recovered")
                        .edit(
                                ASSIGNMENT + "PartitionOwnership.java",
                                "return coord.session().isValid() && !lapsed.isDone() && loss.get() == null;",
                                "return coord.session().isValid();")
                        .by("assignment"),
                Mutation.of("unsettled-placement", "bounded loads forget who had what")
                        .edit(
                                ASSIGNMENT + "BoundedPlacement.java",
                                ".filter(wish -> !stay(wish.partition(), previous.get(wish.partition())))",
                                ".filter(wish -> !previous.isEmpty() || !stay(wish.partition(), null))")
                        .by("assignment"));
    }
}
