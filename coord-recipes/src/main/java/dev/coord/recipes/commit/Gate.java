package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.SerialContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Bounds how many calls are under way at a participant; the others wait in line. One that never ends keeps its place: a participant
 * that hangs gets no more than so many calls, and costs others nothing.
 */
final class Gate {
    private final int most;
    private final SerialContext context = new SerialContext(e -> {});

    // Touched in the context only.
    private final Deque<Runnable> line = new ArrayDeque<>();
    private int running;

    Gate(int most) {
        this.most = most;
    }

    /** Makes a call when there is room. */
    <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        context.run(() -> {
            line.add(() -> start(call, result));
            next();
        });
        return result;
    }

    private void next() {
        while (running < most && !line.isEmpty()) {
            running++;
            line.remove().run();
        }
    }

    private <T> void start(Supplier<CompletableFuture<T>> call, CompletableFuture<T> result) {
        Async.run(call, (value, failure) -> {
            context.run(() -> {
                running--;
                next();
            });
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(requireNonNull(failure));
            }
        });
    }
}
