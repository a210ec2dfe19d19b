package dev.coord.raft.internal.client;

import dev.coord.CoordException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Keys;
import dev.coord.kv.Kv;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Result;
import dev.coord.raft.internal.store.View;
import dev.coord.time.Deadline;
import dev.coord.time.Scheduler;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** The key-value store of one handle. */
final class KvClient implements Kv {
    private final CoordHandle handle;
    private final Duration timeout;
    private final PeerMeasures measures;
    /** Whether callers wait for room when too much is in flight. */
    private final boolean waits;

    KvClient(CoordHandle handle, Duration timeout, boolean waits) {
        this.handle = handle;
        this.timeout = timeout;
        this.measures = handle.context().measures();
        this.waits = waits;
    }

    @Override
    public Kv withTimeout(Duration other) {
        if (other.isNegative() || other.isZero()) {
            throw new IllegalArgumentException("timeout " + other + " is not positive");
        }
        return new KvClient(handle, other, waits);
    }

    @Override
    public Kv waitingForRoom() {
        return new KvClient(handle, timeout, true);
    }

    @Override
    public Txn txn() {
        return new TxnBuilder(this);
    }

    @Override
    public Optional<Entry> get(String key, Consistency consistency) throws InterruptedException {
        Keys.check(key);
        return read(consistency, view -> get(view, key, consistency));
    }

    @Override
    public CompletableFuture<Optional<Entry>> getAsync(String key, Consistency consistency) {
        Keys.check(key);
        return readAsync(consistency, view -> get(view, key, consistency));
    }

    @Override
    public RangeResult range(RangeQuery query, Consistency consistency) throws InterruptedException {
        return read(consistency, view -> range(view, query, consistency));
    }

    @Override
    public CompletableFuture<RangeResult> rangeAsync(RangeQuery query, Consistency consistency) {
        return readAsync(consistency, view -> range(view, query, consistency));
    }

    private static Optional<Entry> get(View view, String key, Consistency consistency) {
        return Optional.ofNullable(
                consistency.kind() == Consistency.Kind.AT ? view.getAt(consistency.revision(), key) : view.get(key));
    }

    private static RangeResult range(View view, RangeQuery query, Consistency consistency) {
        return consistency.kind() == Consistency.Kind.AT
                ? view.rangeAt(consistency.revision(), query)
                : view.range(query);
    }

    private <T> T read(Consistency consistency, Function<View, T> reading) throws InterruptedException {
        handle.checkOpen();
        if (readableNow(consistency)) {
            countLocal();
        } else {
            awaitBarrier(consistency);
        }
        return reading.apply(handle.replica().view());
    }

    /** Apart from the way of a local read, which is short. */
    private void awaitBarrier(Consistency consistency) throws InterruptedException {
        Waiting.refuseIfInterrupted();
        Deadline deadline = deadline();
        Waiting.await(
                handle.scheduler(), handle.admission().pass(waits, deadline, () -> passBarrier(consistency, deadline)));
    }

    private <T> CompletableFuture<T> readAsync(Consistency consistency, Function<View, T> reading) {
        if (handle.isClosed()) {
            return CompletableFuture.failedFuture(handle.closedError());
        }
        if (readableNow(consistency)) {
            countLocal();
            return settled(reading);
        }
        Deadline deadline = deadline();
        return handle.admission()
                .passAndTell(
                        waits,
                        deadline,
                        () -> passBarrier(consistency, deadline),
                        done -> reading.apply(handle.replica().view()));
    }

    private Deadline deadline() {
        return Deadline.after(handle.ticker(), timeout);
    }

    private void countLocal() {
        if (measures.isWatched()) {
            measures.localReads.increment();
        }
    }

    private <T> CompletableFuture<T> settled(Function<View, T> reading) {
        try {
            return CompletableFuture.completedFuture(
                    reading.apply(handle.replica().view()));
        } catch (CoordException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Whether the view at hand keeps the promise already. */
    private boolean readableNow(Consistency consistency) {
        long revision = handle.replica().view().revision();
        return switch (consistency.kind()) {
            case LINEARIZABLE -> false;
            case SEQUENTIAL -> true;
            case AT_LEAST, AT -> revision >= consistency.revision();
            case BOUNDED_STALENESS -> handle.barrier().isFresh(consistency.staleness());
        };
    }

    private CompletableFuture<Void> passBarrier(Consistency consistency, Deadline deadline) {
        return switch (consistency.kind()) {
            case LINEARIZABLE -> passAfterWrites(deadline);
            case SEQUENTIAL, BOUNDED_STALENESS -> handle.barrier().pass(deadline);
            // A revision ahead of this replica may exist; only the leader's word makes it one of the future.
            case AT -> handle.barrier().pass(deadline);
            case AT_LEAST -> {
                countLocal();
                yield reach(consistency.revision(), deadline);
            }
        };
    }

    private CompletableFuture<Void> passAfterWrites(Deadline deadline) {
        CompletableFuture<?> writes = handle.earlierWrites();
        return writes.isDone()
                ? handle.barrier().pass(deadline)
                : inTime(
                                writes.handle((done, error) -> null),
                                () -> "earlier writes of this handle were not settled",
                                deadline)
                        .thenComposeAsync(
                                done -> handle.barrier().pass(deadline),
                                handle.context().work());
    }

    private CompletableFuture<Void> reach(long revision, Deadline deadline) {
        CompletableFuture<Void> arrival = handle.replica().awaitRevision(revision);
        CompletableFuture<Void> inTime = inTime(
                arrival,
                () -> "this peer is at revision " + handle.replica().view().revision() + " and did not reach "
                        + revision,
                deadline);
        return inTime.whenComplete((done, error) -> arrival.cancel(false));
    }

    /** Ends as the event does, or fails when the timeout comes first. */
    private CompletableFuture<Void> inTime(CompletableFuture<?> event, Supplier<String> otherwise, Deadline deadline) {
        CompletableFuture<Void> happened = new CompletableFuture<>();
        event.whenComplete((done, error) -> {
            if (error == null) {
                happened.complete(null);
            } else {
                happened.completeExceptionally(Waiting.unwrap(error));
            }
        });
        Scheduler.Timer timer = handle.scheduler()
                .schedule(
                        deadline.remaining(),
                        () -> happened.completeExceptionally(new UnavailableException(otherwise.get()
                                + " before the deadline (" + handle.context().describe() + ")")));
        return happened.whenComplete((done, error) -> timer.cancel());
    }

    CompletableFuture<Result> issue(Command command) throws InterruptedException {
        return handle.admission().issue(waits, command, deadline());
    }

    <R> CompletableFuture<R> issueAndTell(Command command, Function<? super Result, ? extends R> map) {
        return handle.admission().issueAndTell(waits, command, deadline(), map);
    }

    CoordHandle handle() {
        return handle;
    }
}
