package dev.coord.testkit.history;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Records the operations of one handle.
 *
 * @param journal where to
 * @param process the handle
 * @param held what it was granted; all of it is given up when the handle closes
 * @param closing whether it began to close
 */
record Recorder(Journal journal, String process, Queue<LiveHolding> held, AtomicBoolean closing) {

    Recorder(Journal journal, String process) {
        this(journal, process, new ConcurrentLinkedQueue<>(), new AtomicBoolean());
    }

    /** A form that waits. */
    interface Blocking<T> {
        T run() throws InterruptedException;
    }

    <T> T blocking(Input input, Blocking<T> operation, Function<? super T, Output> output) throws InterruptedException {
        Call call = journal.call(process, input);
        T result;
        try {
            result = operation.run();
        } catch (InterruptedException | RuntimeException | Error e) {
            call.failed(e);
            throw e;
        }
        call.replied(output.apply(result));
        return result;
    }

    /** Hands on a future that is done after the return was recorded, on the thread on which the operation was. */
    <T, R> CompletableFuture<R> async(
            Input input,
            Supplier<CompletableFuture<T>> operation,
            Function<? super T, Output> output,
            Function<? super T, ? extends R> map) {
        Call call = journal.call(process, input);
        CompletableFuture<T> inner;
        try {
            inner = operation.get();
        } catch (RuntimeException | Error e) {
            call.failed(e);
            throw e;
        }
        call.issued();
        CompletableFuture<R> outer = new CompletableFuture<>();
        inner.whenComplete((result, error) -> {
            if (error != null) {
                Throwable cause =
                        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
                call.failed(cause);
                outer.completeExceptionally(cause);
            } else {
                call.replied(output.apply(result));
                outer.complete(map.apply(result));
            }
        });
        return outer;
    }

    void run(Input input, Runnable operation) {
        Call call = journal.call(process, input);
        try {
            operation.run();
        } catch (RuntimeException | Error e) {
            call.failed(e);
            throw e;
        }
        call.replied(new Output.Done());
    }

    LiveHolding holding(long lease, Duration ttl, boolean session) {
        LiveHolding holding = new LiveHolding(journal, process, lease, ttl, session);
        journal.add(holding);
        held.add(holding);
        // What is granted to a handle that closes is revoked at once.
        if (closing.get()) {
            holding.closing();
        }
        return holding;
    }

    /** The handle begins to close, which ends its session and all its leases. */
    void close() {
        closing.set(true);
        held.forEach(LiveHolding::closing);
    }
}
