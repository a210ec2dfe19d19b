package dev.coord.recipes.lock;

import dev.coord.CoordException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A request for a {@link ReentrantDistributedLock} that is not answered yet.
 *
 * @param <T> what it is answered with
 * @param isPatient whether it waits
 * @param view makes the answer; may throw a {@link CoordException}
 * @param result the answer; completed by the caller if it gives up
 */
record OwnerRequest<T>(
        boolean isPatient, Function<Optional<ReentrantLockHandle>, T> view, CompletableFuture<T> result) {

    void settle(Optional<ReentrantLockHandle> outcome) {
        try {
            if (!result.complete(view.apply(outcome))) {
                outcome.ifPresent(handle -> {
                    CompletableFuture<Void> ignored = handle.closeAsync(); // given up at the moment of the grant
                });
            }
        } catch (CoordException e) {
            fail(e);
        }
    }

    void fail(Throwable failure) {
        result.completeExceptionally(failure);
    }
}
