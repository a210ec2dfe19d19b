package dev.coord.recipes.mutation;

import java.util.List;

/** Bugs of atomic commitment. */
final class CommitMutations {
    private static final String COMMIT = "coord-recipes/src/main/java/dev/coord/recipes/commit/";

    private CommitMutations() {}

    private static Mutation of(String name, String what) {
        return Mutation.of(name, what).by("transfers");
    }

    static List<Mutation> all() {
        return List.of(
                of("commits-at-first-vote", "whoever has voted first decides for all")
                        .edit(
                                COMMIT + "Branches.java",
                                "all.stream().anyMatch(BranchDriver::isPreparing)",
                                "all.stream().allMatch(BranchDriver::isPreparing)"),
                of("refusal-ignored", "a no is counted as a vote like any other")
                        .edit(
                                COMMIT + "TwoPhaseCommit.java",
                                "} else if (vote.kind() == Vote.Kind.REFUSED) {",
                                "} else if (vote.kind() == Vote.Kind.REFUSED && id.isEmpty()) {"),
                of("silence-is-consent", "a participant that did not answer counts as prepared")
                        .edit(
                                COMMIT + "TwoPhaseCommit.java",
                                "if (vote == null) {",
                                "if (vote == null && !id.isEmpty()) {\n            countVotes();\n        } else if (vote == null) {"),
                of("told-before-decided", "participants are told to commit before the store knows")
                        .edit(
                                COMMIT + "TwoPhaseCommit.java",
                                "if (isEntrusted && branches.areDone()) {",
                                "if (!id.isEmpty()) {"),
                of("readers-told-before-decided", "those who have only read are thought to need no decision")
                        .edit(
                                COMMIT + "TwoPhaseCommit.java",
                                "if (isEntrusted && branches.areDone()) {",
                                "if (branches.areDone()) {"),
                of(
                                "last-resource-forgotten",
                                "what the last resource has committed is aborted if the decision cannot be written")
                        .edit(
                                COMMIT + "TwoPhaseCommit.java",
                                "env, requireNonNull(hold), committing.encode(), isEntrusted, this::isLate, this::isOver);",
                                "env, requireNonNull(hold), committing.encode(), false, this::isLate, this::isOver);"),
                of("ended-at-first-word", "a transaction ends when one participant has been told")
                        .edit(
                                COMMIT + "TwoPhaseCommit.java",
                                "branches.areDone() && !resolved",
                                "branches.pending().size() < record.shares().size() && !resolved"),
                of("lost-answer-is-no", "a decision whose answer was lost is thought not to be written")
                        .edit(
                                COMMIT + "Decision.java",
                                "perhaps |= !Failures.isSurelyWithoutEffect(failure);",
                                "perhaps = perhaps && failure == null;"),
                of("lost-answer-is-yes", "a decision whose answer was lost is thought to be written")
                        .edit(
                                COMMIT + "Decision.java",
                                "} else if (passing) {",
                                "} else if (perhaps) {\n            end(Kind.OURS);\n        } else if (passing) {"),
                of(
                                "takeover-by-hearsay",
                                "what a coordinator takes over it has read before, and perhaps it was decided since")
                        .edit(
                                COMMIT + "RecordStore.java",
                                "Guard.modRevisionIs(keys.record(id), recordRevision));",
                                "Guard.exists(keys.record(id)));")
                        .within(10_000),
                of("takeover-commits", "what was undecided is committed by whoever takes it over")
                        .edit(
                                COMMIT + "TwoPhaseProtocol.java",
                                "now.in(TransactionStatus.ABORTING).encode()",
                                "now.in(TransactionStatus.COMMITTING).encode()"),
                of(
                                "last-resource-not-asked",
                                "what a last resource may have decided is aborted by whoever takes it over")
                        .edit(
                                COMMIT + "TwoPhaseProtocol.java",
                                "now.shares().stream().noneMatch(Share::last)",
                                "now.shares().size() > 1"),
                of("outcome-not-kept", "what was committed is not known any more once it has ended")
                        .edit(COMMIT + "RecordStore.java", "if (!committed) {", "if (!committed || !id.isEmpty()) {"),
                of("presumed-commit", "whoever is in doubt and finds no record commits")
                        .edit(
                                COMMIT + "InDoubt.java",
                                "sight.status() == TransactionStatus.COMMITTED;",
                                "sight.status() == TransactionStatus.ABORTED;"),
                of("doubts-unheard", "nobody asks participants whether they are in doubt")
                        .edit(COMMIT + "Recovery.java", "inDoubt.scan();", "inDoubt.abandoned(\"\");"),
                of("orphans-left", "a record without an owner is nobody's business")
                        .edit(
                                COMMIT + "Recovery.java",
                                "abandoned = owner == null || env",
                                "abandoned = owner != null && env")
                        .by("commit"));
    }
}
