package dev.coord.bench.side;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Does something to each of many, a bounded number of them at a time. */
final class Pipeline {
    private static final int WIDTH = 512;

    private Pipeline() {}

    /** Waits for all; throws what one of them failed with. */
    static <T> void run(List<T> items, Function<? super T, CompletableFuture<?>> action) throws Exception {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Semaphore room = new Semaphore(WIDTH);
        for (T item : items) {
            room.acquire();
            action.apply(item).whenComplete((done, error) -> {
                if (error != null) {
                    failure.set(error);
                }
                room.release();
            });
        }
        room.acquire(WIDTH);
        Throwable error = failure.get();
        if (error != null) {
            throw new IllegalStateException("one of many failed", error);
        }
    }
}
