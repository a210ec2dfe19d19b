package dev.coord.recipes.commit;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Runs what blocks. */
final class Blocking {
    private Blocking() {}

    static <T> CompletableFuture<T> call(Executor executor, Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        executor.execute(() -> run(task, result));
        return result;
    }

    private static <T> void run(Callable<T> task, CompletableFuture<T> result) {
        try {
            result.complete(task.call());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            result.completeExceptionally(e);
        } catch (Exception | Error e) {
            result.completeExceptionally(e);
        }
    }
}
