package dev.coord.recipes.commit;

import dev.coord.Coord;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A saga that was started here. Safe for use by any thread. */
public final class SagaRun {
    private final Coord coord;
    private final String id;
    private final CompletableFuture<Map<String, Value>> result = new CompletableFuture<>();

    SagaRun(Coord coord, String id) {
        this.coord = coord;
        this.id = id;
    }

    /**
     * Returns the id, by which {@link CommitCoordinator#status} tells the outcome at any peer. It is known before anything has happened.
     *
     * @return at most {@value Branch#MAX_ID} letters, digits, dots and hyphens
     */
    public String id() {
        return id;
    }

    /**
     * Waits until the saga has ended, for as long as that takes: compensations are tried until they succeed.
     *
     * @return what the steps have returned, by their names, in their order
     * @throws SagaAbortedException if it was compensated, or no step was begun
     * @throws IndeterminateCommitException if it goes on elsewhere, since this coordinator was closed, has lost its session or was
     *     taken for stuck: ask {@link CommitCoordinator#status} later
     * @throws InterruptedException if interrupted; the saga goes on
     */
    public Map<String, Value> result() throws InterruptedException {
        return Async.await(coord, resultAsync());
    }

    /**
     * Tells the result without waiting.
     *
     * @return completes as {@link #result()} returns, and fails as that does; to cancel it has no effect on the saga
     */
    public CompletableFuture<Map<String, Value>> resultAsync() {
        return Async.map(result, results -> results);
    }

    void committed(Map<String, Value> results) {
        Map<String, Value> kept = Collections.unmodifiableMap(new LinkedHashMap<>(results));
        Async.callBack(coord, () -> result.complete(kept));
    }

    void aborted(@Nullable String step, String why, @Nullable Throwable cause) {
        fail(new SagaAbortedException(id, step, "saga " + id + " was aborted: " + why, cause));
    }

    void unknown(String why) {
        fail(new IndeterminateCommitException(
                id,
                "the outcome of saga " + id + " is not known (" + why + "); ask the coordinator's status(id) later"));
    }

    private void fail(RuntimeException failure) {
        Async.callBack(coord, () -> result.completeExceptionally(failure));
    }

    @Override
    public String toString() {
        return "SagaRun(" + id + ")";
    }
}
