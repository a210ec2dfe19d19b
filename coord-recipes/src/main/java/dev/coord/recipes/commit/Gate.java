package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.SerialContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Bounds how many calls are under way at a participant; the others wait in line. One that never ends keeps its place. There are two
 * lanes: what tells an outcome never waits for what asks to prepare, for the latter may itself wait for locks that only the former
 * lets go. Calls are made on callback threads, outside of every context.
 */
final class Gate {
    private final Coord coord;
    private final Lane asking;
    private final Lane telling;
    private final AtomicInteger waiting = new AtomicInteger();

    Gate(Coord coord, int most) {
        this.coord = coord;
        this.asking = new Lane(most);
        this.telling = new Lane(most);
    }

    /** Makes a call of phase one when there is room. */
    <T> CompletableFuture<T> ask(Supplier<CompletableFuture<T>> call) {
        return asking.call(call);
    }

    /** Makes a call of phase two when there is room. */
    <T> CompletableFuture<T> tell(Supplier<CompletableFuture<T>> call) {
        return telling.call(call);
    }

    /** How many calls have not begun. */
    int waiting() {
        return waiting.get();
    }

    private final class Lane {
        private final int most;
        private final SerialContext context = new SerialContext(bug -> Async.callBack(coord, () -> {
            throw bug;
        }));

        // Touched in the context only.
        private final Deque<Runnable> line = new ArrayDeque<>();
        private int running;

        Lane(int most) {
            this.most = most;
        }

        <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> call) {
            CompletableFuture<T> result = new CompletableFuture<>();
            waiting.incrementAndGet();
            context.run(() -> {
                line.add(() -> Async.callBack(coord, () -> start(call, result)));
                next();
            });
            return result;
        }

        private void next() {
            while (running < most && !line.isEmpty()) {
                running++;
                waiting.decrementAndGet();
                line.remove().run();
            }
        }

        private <T> void start(Supplier<CompletableFuture<T>> call, CompletableFuture<T> result) {
            Async.whenDone(called(call), (value, failure) -> {
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

        /** Whatever the participant throws, and if it returns nothing at all, is a failure of the call. */
        private <T> CompletableFuture<T> called(Supplier<CompletableFuture<T>> call) {
            try {
                return requireNonNull(call.get(), "a participant returned null instead of a future");
            } catch (RuntimeException | Error e) {
                return CompletableFuture.failedFuture(e);
            }
        }
    }
}
