package dev.coord.raft.internal.client;

import dev.coord.CoordException;
import dev.coord.LimitExceededException;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Result;
import dev.coord.time.Deadline;
import dev.coord.time.Scheduler;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Lets operations, and reads that wait, into a session as far as there are {@link Places}. An operation has its place until its
 * caller is told, not only until it is settled: what a slow caller has not taken yet is as much memory as what is on its way.
 */
final class Admission {
    private final CoordHandle handle;
    private final Places places;

    Admission(CoordHandle handle, Places places) {
        this.handle = handle;
        this.places = places;
    }

    /** For callers who block until it is settled. */
    CompletableFuture<Result> issue(boolean waits, Command command, Deadline deadline) throws InterruptedException {
        return pass(waits, deadline, () -> handle.issue(command, deadline));
    }

    /** For callers who do not wait for room either. */
    CompletableFuture<Result> issueOrRefuse(Command command, Deadline deadline) {
        if (!places.tryTake()) {
            throw refusal();
        }
        return releasing(handle.issue(command, deadline));
    }

    /** For callers who are told on a callback thread. */
    <R> CompletableFuture<R> issueAndTell(
            boolean waits, Command command, Deadline deadline, Function<? super Result, ? extends R> map) {
        return passAndTell(waits, deadline, () -> handle.issue(command, deadline), map);
    }

    /** For callers who block until something has happened. */
    <T> CompletableFuture<T> pass(boolean waits, Deadline deadline, Supplier<CompletableFuture<T>> begin)
            throws InterruptedException {
        takePlace(waits, deadline);
        return releasing(begin.get());
    }

    /** For callers who are told on a callback thread that something has happened. */
    <T, R> CompletableFuture<R> passAndTell(
            boolean waits,
            Deadline deadline,
            Supplier<CompletableFuture<T>> begin,
            Function<? super T, ? extends R> map) {
        try {
            takePlace(waits, deadline);
        } catch (CoordException e) {
            return CompletableFuture.failedFuture(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CompletableFuture.failedFuture(full(", and the wait for one of them was interrupted"));
        }
        CompletableFuture<T> begun = begin.get();
        if (begun.isDone() && !begun.isCompletedExceptionally()) {
            places.release();
            return Waiting.told(begun.join(), map);
        }
        return Waiting.handOver(begun, handle.callbacks(), places::release, map);
    }

    private <T> CompletableFuture<T> releasing(CompletableFuture<T> begun) {
        begun.whenComplete((result, error) -> places.release());
        return begun;
    }

    private void takePlace(boolean waits, Deadline deadline) throws InterruptedException {
        if (places.tryTake()) {
            return;
        }
        if (!waits) {
            throw refusal();
        }
        if (handle.context().mayNotWait()) {
            throw full("; a callback or a timer does not wait for room, as what would make some may be behind it");
        }
        if (!awaitPlace(deadline)) {
            handle.checkOpen();
            throw full(", and none of them ended before the deadline");
        }
    }

    private boolean awaitPlace(Deadline deadline) throws InterruptedException {
        CompletableFuture<Boolean> turn = places.standInLine();
        if (handle.isClosed()) {
            // Perhaps the close did not see it any more.
            turn.complete(false);
        }
        Scheduler.Timer timer = handle.scheduler().schedule(deadline.remaining(), () -> turn.complete(false));
        try {
            handle.scheduler().await(turn);
            return turn.join();
        } catch (InterruptedException e) {
            if (!turn.complete(false) && turn.join()) {
                places.release();
            }
            throw e;
        } finally {
            timer.cancel();
            if (!turn.getNow(false)) {
                places.leave(turn); // else it was taken out of the line
            }
        }
    }

    private LimitExceededException refusal() {
        return full("; wait for earlier ones or open another session");
    }

    private LimitExceededException full(String advice) {
        return handle.core().proposer().full(places, "operations in flight in one session" + advice);
    }
}
