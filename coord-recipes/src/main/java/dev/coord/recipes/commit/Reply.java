package dev.coord.recipes.commit;

import dev.coord.recipes.internal.Async;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What whoever asked for a commit is told. Used in the context of its driver. */
final class Reply {
    private final String id;
    private final Ticker ticker;
    private long begunNanos;
    private final CompletableFuture<Void> future = new CompletableFuture<>();
    private final List<HeuristicOutcome> contrary = new ArrayList<>();
    private String reason = "it was not decided in time";
    private @Nullable Throwable cause;

    Reply(Ticker ticker, String id) {
        this.id = id;
        this.ticker = ticker;
        begin();
    }

    /** Counts from now on: somebody waits. */
    void begin() {
        begunNanos = ticker.nanos();
    }

    /** Completes in the context: nothing that may take long may depend on it. */
    CompletableFuture<Void> future() {
        return future;
    }

    Duration sinceBegun() {
        return Duration.ofNanos(ticker.nanos() - begunNanos);
    }

    boolean isLate(Duration timeout) {
        return sinceBegun().compareTo(timeout) >= 0;
    }

    /** Keeps why it is aborted, or not known. */
    void because(String why, @Nullable Throwable failure) {
        reason = why;
        cause = failure;
    }

    void add(HeuristicOutcome outcome) {
        if (outcome.isContrary()) {
            contrary.add(outcome);
        }
    }

    /** Tells the outcome, or with null that it is not known. The first counts. */
    void tell(@Nullable Boolean committed) {
        if (future.isDone()) {
            return;
        }
        Async.settle(future, null, failure(committed));
    }

    private @Nullable RuntimeException failure(@Nullable Boolean committed) {
        if (!contrary.isEmpty()) {
            return new HeuristicOutcomeException(contrary);
        }
        if (committed == null) {
            return new IndeterminateCommitException(
                    id,
                    "the outcome of global transaction " + id + " is not known (" + reason
                            + "); ask the coordinator's status(id) later");
        }
        return committed
                ? null
                : new TransactionAbortedException(id, "global transaction " + id + " was aborted: " + reason, cause);
    }
}
