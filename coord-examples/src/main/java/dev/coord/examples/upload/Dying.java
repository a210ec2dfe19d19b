package dev.coord.examples.upload;

import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.OnePhaseParticipant;
import dev.coord.recipes.commit.Participant;
import dev.coord.recipes.commit.Vote;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The participants of a process that dies at a point: what is called from then on never happens, and what was called is never answered.
 * The demo then takes its peer and its connections away.
 */
final class Dying implements Participant {
    private final Participant documents;
    private final OnePhaseParticipant resource;
    private final @Nullable CrashPoint point;
    private boolean dead;

    Dying(DocumentStore store, Rows rows, @Nullable CrashPoint point) {
        this.documents = store.on(Runnable::run);
        this.resource = rows.participant();
        this.point = point;
    }

    boolean isDead() {
        return dead;
    }

    /** Dies here, if this is where to. */
    boolean diesAt(CrashPoint here) {
        dead |= here == point;
        return dead;
    }

    private <T> CompletableFuture<T> around(CrashPoint before, Supplier<CompletableFuture<T>> call, CrashPoint after) {
        if (diesAt(before)) {
            return new CompletableFuture<>();
        }
        return call.get()
                .thenCompose(answer ->
                        diesAt(after) ? new CompletableFuture<>() : CompletableFuture.completedFuture(answer));
    }

    @Override
    public CompletableFuture<Vote> prepare(Branch branch) {
        return around(
                CrashPoint.BEFORE_THE_DOCUMENT_IS_STAGED,
                () -> documents
                        .prepare(branch)
                        .thenCompose(vote -> diesAt(CrashPoint.WHEN_THE_DOCUMENT_IS_STAGED_BY_HALF)
                                ? new CompletableFuture<>() // the demo tears the file
                                : CompletableFuture.completedFuture(vote)),
                CrashPoint.AFTER_THE_DOCUMENT_IS_STAGED);
    }

    @Override
    public CompletableFuture<Void> commit(Branch branch) {
        return around(
                CrashPoint.BEFORE_THE_DOCUMENT_IS_MOVED,
                () -> documents.commit(branch),
                CrashPoint.AFTER_THE_DOCUMENT_IS_MOVED);
    }

    @Override
    public CompletableFuture<Void> abort(Branch branch) {
        return around(
                CrashPoint.BEFORE_THE_DOCUMENT_IS_DELETED,
                () -> documents.abort(branch),
                CrashPoint.AFTER_THE_DOCUMENT_IS_DELETED);
    }

    @Override
    public CompletableFuture<Set<String>> recover() {
        return dead ? new CompletableFuture<>() : documents.recover();
    }

    /** Returns the database, as of the same process. */
    OnePhaseParticipant database() {
        return new OnePhaseParticipant() {
            @Override
            public CompletableFuture<Boolean> commitOnePhase(Branch branch) {
                return around(
                        CrashPoint.BEFORE_THE_ROW_IS_COMMITTED,
                        () -> point != null && point.isOfRefusal()
                                ? resource.abort(branch).thenApply(done -> false)
                                : resource.commitOnePhase(branch),
                        CrashPoint.AFTER_THE_ROW_IS_COMMITTED);
            }

            @Override
            public CompletableFuture<Boolean> settle(Branch branch) {
                return around(
                        CrashPoint.BEFORE_THE_HEIR_ASKS_FOR_THE_ROW,
                        () -> resource.settle(branch),
                        CrashPoint.AFTER_THE_HEIR_HAS_ASKED_FOR_THE_ROW);
            }

            @Override
            public CompletableFuture<Void> abort(Branch branch) {
                return dead ? new CompletableFuture<>() : resource.abort(branch);
            }
        };
    }
}
