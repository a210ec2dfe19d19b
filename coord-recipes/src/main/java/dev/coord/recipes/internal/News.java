package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Something that happens once, of which others are told on callback threads. Most are never asked for, and then no thread is
 * woken to tell nobody.
 */
final class News {
    private final Coord coord;
    private final AtomicReference<@Nullable CompletableFuture<Void>> signal = new AtomicReference<>();
    private volatile boolean happened;

    News(Coord coord) {
        this.coord = coord;
    }

    /** Returns what completes when it has happened, the same at each call. */
    CompletableFuture<Void> signal() {
        CompletableFuture<Void> made = happened ? CompletableFuture.completedFuture(null) : new CompletableFuture<>();
        if (signal.compareAndSet(null, made) && happened) {
            tell(); // as it may have found nobody to be told
        }
        return requireNonNull(signal.get());
    }

    /** Says that it has happened. */
    void happen() {
        happened = true;
        tell();
    }

    private void tell() {
        CompletableFuture<Void> asked = signal.get();
        if (asked != null && !asked.isDone()) {
            Async.callBack(coord, () -> asked.complete(null));
        }
    }
}
