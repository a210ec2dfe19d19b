package dev.coord.recipes.commit;

import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Writes a saga's record until it is known what became of that: a step is called only if what came of the one before is in the store.
 * All futures may never complete once it is stopped, and fail if the session has ended.
 */
record SagaWrites(Env env, String id, BooleanSupplier stopped) {

    /** Rewrites the record. Empty if it is no longer ours. */
    CompletableFuture<Optional<Hold>> advance(Hold hold, Value next) {
        return Async.then(
                insist(() -> env.store().advance(hold, next)),
                written -> written.isPresent()
                        ? CompletableFuture.completedFuture(written)
                        : Async.map(look(), sight -> ours(sight, hold, next)));
    }

    /** An earlier try of ours has written it, perhaps: nobody else can have as long as the token is ours. */
    private static Optional<Hold> ours(Sight sight, Hold hold, Value next) {
        Value written = sight.record();
        return sight.owner() == hold.token() && written != null && written.equals(next)
                ? Optional.of(new Hold(hold.id(), hold.token(), sight.recordRevision()))
                : Optional.empty();
    }

    /** What became of the end of a saga. */
    record Ended(TransactionStatus status, long revision) {}

    /** Takes the record out. COMMITTED or ABORTED, whoever did it; else it is no longer ours. */
    CompletableFuture<Ended> end(Hold hold, boolean committed) {
        TransactionStatus wanted = committed ? TransactionStatus.COMMITTED : TransactionStatus.ABORTED;
        return Async.then(
                insist(() -> env.store().end(hold, committed)),
                revision -> revision.isPresent()
                        ? CompletableFuture.completedFuture(new Ended(wanted, revision.get()))
                        : Async.map(look(), sight -> new Ended(sight.status(), sight.revision())));
    }

    CompletableFuture<Sight> look() {
        return insist(() -> env.store().look(id));
    }

    private <T> CompletableFuture<T> insist(Supplier<CompletableFuture<T>> operation) {
        return Insistence.on(env, stopped, operation);
    }
}
