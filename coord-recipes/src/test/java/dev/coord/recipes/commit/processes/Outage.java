package dev.coord.recipes.commit.processes;

import dev.coord.recipes.commit.CommitStep;
import dev.coord.recipes.commit.CrashPoint;
import dev.coord.recipes.commit.StepHook;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits at a point until the participant has been killed; an answer that it has given by then is lost. */
final class Outage implements StepHook {
    private final CrashPoint point;
    private final Runnable reached;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final AtomicBoolean passed = new AtomicBoolean();

    Outage(CrashPoint point, Runnable reached) {
        this.point = point;
        this.reached = reached;
    }

    /** Told that the participant is dead. */
    void over() {
        over.complete(null);
    }

    @Override
    public <T extends @Nullable Object> CompletableFuture<T> around(
            CommitStep step, Supplier<CompletableFuture<T>> call) {
        if (step != point.step() || !passed.compareAndSet(false, true)) {
            return call.get();
        }
        if (point.before()) {
            reached.run();
            return over.thenCompose(dead -> call.get());
        }
        return call.get().thenCompose(answer -> {
            reached.run();
            return over.thenCompose(
                    dead -> CompletableFuture.<T>failedFuture(new IOException("the server died before it answered")));
        });
    }
}
