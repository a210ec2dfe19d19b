package dev.coord.recipes.lock;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.kv.Consistency;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.WaitCheck;
import dev.coord.recipes.lock.WaitGraph.Claimant;
import dev.coord.recipes.lock.WaitGraph.Queue;
import dev.coord.time.Scheduler.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Finds the deadlock that a claim has closed by beginning to wait. Deadlocks last, so what this peer's replica says does: it is
 * no older than the claim's place in line. The argument is {@link DistributedLock#detectingDeadlocks}'s. It looks twice, for
 * an owner whose release did not get through seems to hold what it has let go of, until the release is repeated.
 */
final class DeadlockCheck implements WaitCheck {
    /** Longer than what a release that failed waits before it is repeated. */
    private static final Duration SETTLING = Duration.ofMillis(250);

    private final Coord coord;
    private final String prefix;
    private final RangeQuery query;

    DeadlockCheck(Coord coord, String prefix) {
        this.coord = coord;
        this.prefix = prefix;
        this.query = WaitGraph.query(prefix);
    }

    @Override
    public CompletableFuture<Optional<CoordException>> look(String claim) {
        return lookOnce(claim)
                .thenCompose(found -> found.isEmpty() ? CompletableFuture.completedFuture(found) : lookAgain(claim));
    }

    private CompletableFuture<Optional<CoordException>> lookOnce(String claim) {
        return coord.kv()
                .rangeAsync(query, Consistency.sequential())
                .thenApply(state -> verdict(state, claim).map(CoordException.class::cast));
    }

    private CompletableFuture<Optional<CoordException>> lookAgain(String claim) {
        CompletableFuture<Optional<CoordException>> found = new CompletableFuture<>();
        Timer ignored = coord.scheduler()
                .schedule(
                        SETTLING,
                        () -> Async.callBack(
                                coord,
                                () -> Async.run(() -> lookOnce(claim), (again, failure) -> {
                                    if (failure == null) {
                                        found.complete(again);
                                    } else {
                                        found.completeExceptionally(failure);
                                    }
                                })));
        return found;
    }

    private Optional<DeadlockException> verdict(RangeResult state, String claim) {
        List<Queue> queues = WaitGraph.queues(state, prefix);
        // Only what was there when this claim came: those who came later look for themselves.
        return queues.stream()
                .flatMap(queue -> queue.waiters().stream())
                .filter(waiter -> waiter.claim().equals(claim))
                .findFirst()
                .map(Claimant::since)
                .flatMap(since -> Standstill.of(queues, since).cycleOf(claim))
                .map(cycle -> new DeadlockException(cycle, state.revision()));
    }
}
