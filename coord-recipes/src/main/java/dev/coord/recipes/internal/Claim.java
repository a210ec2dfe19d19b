package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.FencedException;
import dev.coord.IndeterminateException;
import dev.coord.SessionExpiredException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.lease.Session;
import dev.coord.time.Scheduler.Timer;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at the first place of a queue, from its request until it is granted or given up.
 *
 * <p>A waiter is a key attached to the session, and its rank is the key's create revision. Each waits for the end of the
 * one before it only (as ZooKeeper's lock recipe and etcd's), watching from the revision of the read that found it, and
 * then looks again: it was perhaps not the first, only the one before it gave up.
 *
 * <p>The place is granted when a linearizable read, or the enqueuing transaction itself, finds the own key to be the
 * first, <em>and</em> the session has been valid without a break since before that read was sent: only then is a grant
 * after the death of the own lease impossible (etcd #11456). A session that lapses and recovers while waiting keeps the
 * place.
 *
 * <p>Writing the key is guarded by its absence and its name is unique, so a write whose outcome is unknown is simply
 * repeated; the session's order of operations puts the deletion of a claim given up behind all its writes.
 */
public final class Claim {
    private final Coord coord;
    private final Session session;
    private final QueuePath queue;
    private final String key;
    private final Value value;
    private final boolean onlyIfFree;
    private final SerialContext context = new SerialContext(this::fail);
    private final CompletableFuture<Optional<Holding>> outcome = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    // The rest is touched in the context only.
    private boolean over;
    private boolean perhapsQueued;
    private long token;
    private CompletableFuture<Void> lapsed;
    private @Nullable Throwable trouble;
    private @Nullable String predecessor;
    private @Nullable Watch watch;
    private @Nullable Timer retry;
    private @Nullable Timer timeout;

    private Claim(Coord coord, QueuePath queue, Value value, boolean onlyIfFree) {
        this.coord = coord;
        this.session = coord.session();
        this.queue = queue;
        this.key = queue.newKey(session);
        this.value = value;
        this.onlyIfFree = onlyIfFree;
        this.lapsed = session.lapsed();
    }

    /**
     * Asks for the first place and waits in the queue, without limit.
     *
     * @param <T> the recipe's view
     * @param coord the handle
     * @param queue the queue
     * @param value what the key holds
     * @param view makes the recipe's view of the place
     * @return the place; to complete or cancel the future is to give the claim up
     */
    public static <T> CompletableFuture<T> queued(
            Coord coord, QueuePath queue, Value value, Function<Holding, T> view) {
        Claim claim = new Claim(coord, queue, value, false);
        // Without a timeout the outcome is never empty.
        return claim.start(null, holding -> view.apply(holding.orElseThrow()));
    }

    /**
     * Asks for the first place and waits in the queue for a while.
     *
     * @param <T> the recipe's view
     * @param coord the handle
     * @param queue the queue
     * @param value what the key holds
     * @param patience how long to wait; if not positive, the claim does not queue
     * @param view makes the recipe's view of the outcome, which is empty if others were first
     * @return the outcome; to complete or cancel the future is to give the claim up
     */
    public static <T> CompletableFuture<T> queuedFor(
            Coord coord, QueuePath queue, Value value, Duration patience, Function<Optional<Holding>, T> view) {
        boolean onlyIfFree = patience.isZero() || patience.isNegative();
        return new Claim(coord, queue, value, onlyIfFree).start(onlyIfFree ? null : patience, view);
    }

    private <T> CompletableFuture<T> start(@Nullable Duration patience, Function<Optional<Holding>, T> view) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Async.whenDone(outcome, (holding, failure) -> {
            if (holding != null) {
                hand(holding, result, view);
            } else {
                result.completeExceptionally(requireNonNull(failure));
            }
        });
        Async.whenDone(result, (ignored, failure) -> context.run(this::giveUp));
        context.run(() -> begin(patience));
        return result;
    }

    private static <T> void hand(
            Optional<Holding> holding, CompletableFuture<T> result, Function<Optional<Holding>, T> view) {
        try {
            if (!result.complete(view.apply(holding))) {
                holding.ifPresent(Async::giveBack); // the caller gave up at the moment of the grant
            }
        } catch (CoordException e) {
            result.completeExceptionally(e);
        }
    }

    private void begin(@Nullable Duration patience) {
        if (patience != null) {
            timeout = coord.scheduler().schedule(patience, () -> context.run(this::timedOut));
        }
        enqueue();
        Async.onSignal(session.expired(), ended, () -> context.run(this::sessionEnded));
    }

    private void enqueue() {
        lapsed = session.lapsed();
        boolean before = perhapsQueued;
        perhapsQueued = true;
        KeyRange mustBeAbsent = onlyIfFree ? queue.range() : KeyRange.key(key);
        Async.run(
                () -> enqueueing(mustBeAbsent).commitAsync(),
                (result, failure) -> context.run(() -> {
                    if (result == null) {
                        enqueueFailed(requireNonNull(failure), before);
                    } else {
                        enqueued(result);
                    }
                }));
    }

    private Txn enqueueing(KeyRange mustBeAbsent) {
        RangeQuery count = RangeQuery.of(queue.range()).countedOnly();
        return coord.kv()
                .txn()
                .when(Guard.absent(mustBeAbsent))
                .then(Op.put(key, value).withLease(session.id()), Op.range(count))
                .otherwise(Op.get(key));
    }

    private void enqueued(TxnResult result) {
        if (over) {
            return; // the removal follows behind
        }
        trouble = null;
        if (result.succeeded()) {
            token = result.revision();
            boolean alone = ((OpResult.Range) result.results().get(1)).result().count() == 1;
            if (alone && isSessionUnbroken()) {
                grant(result.revision());
            } else {
                look();
            }
            return;
        }
        Entry own = ((OpResult.Get) result.results().get(0)).found();
        if (own != null) {
            token = own.createRevision(); // an earlier attempt was applied after all
            look();
        } else {
            perhapsQueued = false;
            finish(Optional.empty());
        }
    }

    private void enqueueFailed(Throwable failure, boolean before) {
        if (failure instanceof CoordException error && error.outcome() == Outcome.NOT_APPLIED) {
            perhapsQueued = before;
        }
        if (over) {
            return;
        }
        trouble = failure;
        if (!isPassing(failure)) {
            fail(failure);
        } else if (onlyIfFree) {
            fail(unreachable());
        } else {
            retryLater(this::enqueue);
        }
    }

    private static boolean isPassing(Throwable failure) {
        return failure instanceof UnavailableException || failure instanceof IndeterminateException;
    }

    /** Finds out who is before this claim. */
    private void look() {
        lapsed = session.lapsed();
        if (lapsed.isDone()) {
            retryLater(this::look);
            return;
        }
        RangeQuery waiters = RangeQuery.of(queue.range()).withoutValues();
        Async.run(
                () -> coord.kv().rangeAsync(waiters, Consistency.linearizable()),
                (result, failure) -> context.run(() -> looked(result, failure)));
    }

    private void looked(@Nullable RangeResult result, @Nullable Throwable failure) {
        if (over) {
            return;
        }
        if (result != null) {
            trouble = null;
            decide(result);
        } else {
            lookFailed(requireNonNull(failure));
        }
    }

    private void lookFailed(Throwable failure) {
        trouble = failure;
        if (isPassing(failure)) {
            retryLater(this::look);
        } else {
            fail(failure);
        }
    }

    private void decide(RangeResult waiters) {
        Entry before = null;
        boolean present = false;
        for (Entry waiter : waiters.entries()) {
            present |= waiter.createRevision() == token;
            if (waiter.createRevision() < token
                    && (before == null || waiter.createRevision() > before.createRevision())) {
                before = waiter;
            }
        }
        if (!present) {
            fail(new FencedException("the place " + key + " in the queue was deleted by someone else"));
        } else if (before != null) {
            awaitEndOf(before.key(), waiters.revision());
        } else if (isSessionUnbroken()) {
            grant(waiters.revision());
        } else {
            retryLater(this::look);
        }
    }

    private boolean isSessionUnbroken() {
        return session.isValid() && !lapsed.isDone();
    }

    private void awaitEndOf(String waiter, long seenAt) {
        predecessor = waiter;
        WatchSpec spec = WatchSpec.of(KeyRange.key(waiter)).from(seenAt + 1).deletesOnly();
        watch = coord.watch(spec.resyncing(), new PredecessorListener(waiter));
    }

    private void woken(String waiter) {
        if (!over && waiter.equals(predecessor)) {
            stopWaiting();
            look();
        }
    }

    private void watchEnded(String waiter, CoordException cause) {
        if (Removal.endsSession(cause)) {
            fail(cause);
        } else {
            woken(waiter);
        }
    }

    private void grant(long revision) {
        Holding holding = new Holding(coord, key, token, lapsed);
        holding.open(revision);
        finish(Optional.of(holding));
    }

    private void retryLater(Runnable action) {
        // Not on the timer's thread: to send may wait for the log.
        retry = coord.scheduler()
                .schedule(
                        Removal.RETRY,
                        () -> Async.callBack(
                                coord,
                                () -> context.run(() -> {
                                    if (!over) {
                                        action.run();
                                    }
                                })));
    }

    private void timedOut() {
        if (over) {
            return;
        }
        if (token == 0 || trouble != null) {
            fail(unreachable());
        } else {
            removeKey();
            finish(Optional.empty());
        }
    }

    private UnavailableException unreachable() {
        String message = "no answer from the store in time for a place at " + queue.path() + "; nothing is held";
        Throwable cause = trouble;
        return cause == null ? new UnavailableException(message) : new UnavailableException(message, cause);
    }

    /** What the caller's cancelling leads to; nothing, if the claim is decided. */
    private void giveUp() {
        if (!over) {
            removeKey();
            finish(Optional.empty());
        }
    }

    private void sessionEnded() {
        if (!over) {
            perhapsQueued = false;
            fail(new SessionExpiredException(
                    Outcome.NOT_APPLIED,
                    "session " + session.id() + " has ended, nothing is held at " + queue.path() + "; open a new one"));
        }
    }

    private void fail(Throwable failure) {
        if (over) {
            return;
        }
        removeKey();
        end();
        Async.callBack(coord, () -> outcome.completeExceptionally(failure));
    }

    private void finish(Optional<Holding> result) {
        end();
        Async.callBack(coord, () -> outcome.complete(result));
    }

    private void end() {
        over = true;
        stopWaiting();
        if (timeout != null) {
            timeout.cancel();
        }
        if (retry != null) {
            retry.cancel();
        }
        ended.complete(null);
    }

    private void removeKey() {
        if (perhapsQueued) {
            CompletableFuture<Void> ignored = Removal.start(coord, key, token);
        }
    }

    private void stopWaiting() {
        predecessor = null;
        Watch waiting = watch;
        watch = null;
        if (waiting != null) {
            waiting.close();
        }
    }

    private final class PredecessorListener implements WatchListener {
        private final String waiter;

        PredecessorListener(String waiter) {
            this.waiter = waiter;
        }

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            context.run(() -> woken(waiter));
        }

        @Override
        public void onResync(RangeResult state) {
            context.run(() -> woken(waiter));
        }

        @Override
        public void onEnd(CoordException cause) {
            context.run(() -> watchEnded(waiter, cause));
        }
    }
}
