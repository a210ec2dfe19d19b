package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.KeyWait;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Does an operation of the store again, as long as what it fails with passes with time. It must do no harm if done twice. */
final class Insistence {
    private Insistence() {}

    /**
     * Does it.
     *
     * @param env the coordinator
     * @param stopped tells whether nobody wants to know any more; then the future may never complete
     * @param operation starts it
     * @return its result; fails with what does not pass, such as the end of the session
     */
    static <T> CompletableFuture<T> on(Env env, BooleanSupplier stopped, Supplier<CompletableFuture<T>> operation) {
        CompletableFuture<T> result = new CompletableFuture<>();
        insist(env, stopped, operation, result, 0);
        return result;
    }

    private static <T> void insist(
            Env env,
            BooleanSupplier stopped,
            Supplier<CompletableFuture<T>> operation,
            CompletableFuture<T> result,
            int failures) {
        Async.run(operation, (value, failure) -> {
            if (failure == null) {
                result.complete(value);
            } else if (!KeyWait.isPassingOrFull(failure)) {
                result.completeExceptionally(requireNonNull(failure));
            } else {
                env.later(Env.backoff(failures), () -> {
                    if (!stopped.getAsBoolean()) {
                        insist(env, stopped, operation, result, failures + 1);
                    }
                });
            }
        });
    }
}
