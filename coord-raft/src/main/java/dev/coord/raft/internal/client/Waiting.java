package dev.coord.raft.internal.client;

import dev.coord.CoordException;
import dev.coord.time.Scheduler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The two ways of waiting: blocking the caller, and a future whose dependents run on callback threads. */
final class Waiting {
    private Waiting() {}

    /** Called by every blocking form before it begins anything, so that an interrupted caller is told for certain. */
    static void refuseIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Waits for a future that settles with a result or a {@link CoordException}, and throws that itself. */
    static <T> T await(Scheduler scheduler, CompletableFuture<T> future) throws InterruptedException {
        scheduler.await(future);
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CoordException failure) {
                throw raisedHere(failure);
            }
            throw new AssertionError(e.getCause());
        }
    }

    /** The future for a caller: its dependents run on the executor, and it fails with the error itself. */
    static <T, R> CompletableFuture<R> handOver(
            CompletableFuture<T> internal, Executor callbacks, Function<? super T, ? extends R> map) {
        return handOver(internal, callbacks, () -> {}, map);
    }

    /** The same, with what is done when the caller's turn to be told has come. */
    static <T, R> CompletableFuture<R> handOver(
            CompletableFuture<T> internal, Executor callbacks, Runnable first, Function<? super T, ? extends R> map) {
        CompletableFuture<R> external = new CompletableFuture<>();
        internal.whenComplete((value, error) -> callbacks.execute(() -> {
            first.run();
            settle(external, value, error, map);
        }));
        return external;
    }

    /** The future for a caller, who is told at once. */
    static <T, R> CompletableFuture<R> told(T value, Function<? super T, ? extends R> map) {
        CompletableFuture<R> external = new CompletableFuture<>();
        settle(external, value, null, map);
        return external;
    }

    private static <T, R> void settle(
            CompletableFuture<R> external,
            @Nullable T value,
            @Nullable Throwable error,
            Function<? super T, ? extends R> map) {
        if (error != null) {
            external.completeExceptionally(unwrap(error));
            return;
        }
        try {
            @SuppressWarnings("NullAway") // a future without error has its value, which may be Void's null
            R mapped = map.apply(value);
            external.complete(mapped);
        } catch (RuntimeException | Error e) {
            external.completeExceptionally(e);
        }
    }

    static Throwable unwrap(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    /** Has the stack trace begin with who was waiting; where the failure came from is kept besides. */
    private static CoordException raisedHere(CoordException failure) {
        failure.addSuppressed(new Origin(failure.getStackTrace()));
        failure.setStackTrace(new Throwable().getStackTrace());
        return failure;
    }

    private static final class Origin extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Origin(StackTraceElement[] trace) {
            super("where it failed");
            setStackTrace(trace);
        }
    }
}
