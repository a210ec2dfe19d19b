package dev.coord.recipes.queue;

import static java.util.Objects.requireNonNull;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.LeaseExpiredException;
import dev.coord.LimitExceededException;
import dev.coord.SessionExpiredException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.recipes.Codec;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.KeyWait;
import dev.coord.recipes.internal.Removal;
import dev.coord.recipes.internal.SerialContext;
import dev.coord.recipes.queue.QueueKeys.Kind;
import dev.coord.time.Scheduler.Timer;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Takes items for one handle of a queue.
 *
 * <p>Those who take stand in line here, not in the store. One watch tells which items there are; for as many as there are
 * takers a claim is sent, each for another item, and what is claimed goes to the first in line. The claims of one handle so
 * never meet each other. Those of several may: the loser of a claim takes another item, see {@link Spread}.
 *
 * <p>An item that was just claimed, here or by another, is left alone until the watch has told of it.
 *
 * @param <V> the items
 */
final class Taker<V> {
    private static final int MOST_WAITING = 10_000;

    private final Coord coord;
    private final QueueKeys keys;
    private final Codec<V> codec;
    private final int maxAttempts;
    private final SerialContext context = new SerialContext(this::failAll);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    // The rest is touched in the context only.
    private final Deque<Waiting> line = new ArrayDeque<>();
    private final Map<String, ClaimedItem> held = new HashMap<>();
    private final Set<String> claiming = new HashSet<>();
    private final Set<String> unsettled = new HashSet<>();
    private final Spread spread;
    private ItemIndex index;
    private boolean loading;
    private boolean closed;
    private @Nullable Throwable trouble;
    private @Nullable Watch watch;
    private @Nullable Timer later;

    Taker(Coord coord, QueueKeys keys, Codec<V> codec, int maxAttempts) {
        this.coord = coord;
        this.keys = keys;
        this.codec = codec;
        this.maxAttempts = maxAttempts;
        this.spread = new Spread(coord.session().id());
        this.index = new ItemIndex(keys);
    }

    private final class Waiting {
        final CompletableFuture<Optional<Delivery<V>>> result = new CompletableFuture<>();
        /** Whether it takes what is there and no more. */
        boolean late;

        @Nullable
        Timer timer;
    }

    CompletableFuture<Optional<Delivery<V>>> take(@Nullable Duration patience) {
        Waiting waiting = new Waiting();
        Async.whenDone(waiting.result, (delivery, failure) -> context.run(() -> leave(waiting)));
        context.run(() -> join(waiting, patience));
        return waiting.result;
    }

    private void join(Waiting waiting, @Nullable Duration patience) {
        if (closed) {
            refuse(waiting, closed());
        } else if (coord.session().expired().isDone()) {
            refuse(waiting, sessionEnded());
        } else if (line.size() >= MOST_WAITING) {
            refuse(waiting, new LimitExceededException("more than " + MOST_WAITING + " wait for items here"));
        } else {
            line.add(waiting);
            boolean look = patience != null && (patience.isZero() || patience.isNegative());
            if (patience != null && !look) {
                waiting.timer = schedule(patience, () -> timedOut(waiting));
            }
            if (watch == null || look) {
                load(look ? waiting : null);
            } else {
                pump();
            }
        }
    }

    private void leave(Waiting waiting) {
        line.remove(waiting);
        if (waiting.timer != null) {
            waiting.timer.cancel();
        }
    }

    private void timedOut(Waiting waiting) {
        Throwable cause = trouble;
        if (watch == null || cause != null) {
            String message = "no answer from the store in time at " + keys.path();
            refuse(
                    waiting,
                    cause == null ? new UnavailableException(message) : new UnavailableException(message, cause));
        } else {
            waiting.late = true;
            endLate();
        }
    }

    // ---- knowing the items

    /** Reads all that there is, for whoever must not miss an item, or to begin the watch. */
    private void load(@Nullable Waiting looking) {
        if (looking == null && loading) {
            return;
        }
        loading |= looking == null;
        RangeQuery query = RangeQuery.of(keys.live()).withoutValues();
        Async.run(
                () -> coord.kv().rangeAsync(query, Consistency.linearizable()),
                (state, failure) -> context.run(() -> loaded(state, failure, looking)));
    }

    private void loaded(@Nullable RangeResult state, @Nullable Throwable failure, @Nullable Waiting looking) {
        loading &= looking != null;
        if (closed) {
            return;
        }
        if (state == null) {
            notLoaded(requireNonNull(failure), looking);
            return;
        }
        trouble = null;
        reset(state);
        if (watch == null) {
            WatchSpec spec = WatchSpec.of(keys.live()).from(state.revision() + 1);
            watch = coord.watch(spec.resyncing(), new ItemsListener());
            Async.onSignal(coord.session().expired(), ended, () -> context.run(() -> failAll(sessionEnded())));
        }
        if (looking != null) {
            looking.late = true;
        }
        pump();
    }

    private void notLoaded(Throwable failure, @Nullable Waiting looking) {
        if (looking != null) {
            refuse(looking, failure);
        } else if (KeyWait.isPassingOrFull(failure)) {
            trouble = failure;
            pumpLater(Removal.RETRY);
        } else {
            failAll(failure);
        }
    }

    private void changed(long revision, List<WatchEvent> events) {
        for (String name : index.apply(revision, events)) {
            unsettled.remove(name);
            tellHolder(name);
        }
        if (!line.isEmpty() && !index.available().isEmpty()) {
            Duration delay = spread.delay();
            if (delay.isZero()) {
                pump();
            } else {
                pumpLater(delay);
            }
        }
    }

    private void reset(RangeResult state) {
        index.reset(state);
        unsettled.clear();
        List.copyOf(held.keySet()).forEach(this::tellHolder);
    }

    private void tellHolder(String name) {
        ClaimedItem claimed = held.get(name);
        if (claimed != null && index.isGone(name, claimed.token())) {
            claimed.claimDeleted();
        }
    }

    // ---- claiming

    private void pumpLater(Duration delay) {
        if (later == null) {
            later = schedule(delay, () -> {
                later = null;
                pump();
            });
        }
    }

    /** Sends claims for as many items as there are takers, and ends what waits for nothing any more. */
    private void pump() {
        if (line.isEmpty() || closed) {
            return;
        }
        if (watch == null) {
            load(null);
            return;
        }
        boolean certain = coord.session().isValid();
        if (!certain) {
            pumpLater(Removal.RETRY); // a claim would be lost as soon as it is made
        }
        while (certain && claiming.size() < line.size()) {
            String name = choose();
            if (name == null) {
                break;
            }
            claim(name);
        }
        endLate();
    }

    private @Nullable String choose() {
        int choice = spread.choice();
        String chosen = null;
        for (String name : index.available()) {
            if (!claiming.contains(name) && !unsettled.contains(name)) {
                chosen = name;
                if (choice-- == 0) {
                    break;
                }
            }
        }
        return chosen;
    }

    private void claim(String name) {
        claiming.add(name);
        long touched = index.touched(name);
        long created = index.created(name);
        Value mine = Value.of(coord.session().id() + "-" + coord.session().nextNumber());
        CompletableFuture<Void> lapsed = coord.session().lapsed();
        Async.run(
                () -> claiming(name, created, mine).commitAsync(),
                (result, failure) -> context.run(() -> {
                    claiming.remove(name);
                    if (result == null) {
                        claimFailed(name, mine, requireNonNull(failure));
                    } else {
                        trouble = null;
                        if (index.touched(name) == touched) {
                            unsettled.add(name);
                        }
                        answered(name, result, lapsed);
                    }
                }));
    }

    private Txn claiming(String name, long created, Value mine) {
        String claim = keys.key(Kind.CLAIM, name);
        String attempts = keys.key(Kind.ATTEMPTS, name);
        String item = keys.item(name);
        return coord.kv()
                .txn()
                .when(
                        Guard.createRevisionIs(item, created),
                        Guard.absent(claim),
                        Guard.absent(keys.key(Kind.HOLD, name)))
                .then(
                        Op.put(claim, mine).withLease(coord.session().id()),
                        Op.put(attempts, Value.EMPTY),
                        Op.get(attempts),
                        Op.get(item));
    }

    private void answered(String name, TxnResult result, CompletableFuture<Void> lapsed) {
        if (!result.succeeded()) {
            spread.lost();
        } else {
            spread.won();
            long attempt = found(result, 2).version();
            ClaimedItem claimed = new ClaimedItem(
                    coord,
                    keys,
                    name,
                    found(result, 3),
                    result.revision(),
                    (int) Math.min(attempt, Integer.MAX_VALUE),
                    lapsed,
                    over -> context.run(() -> held.remove(name, over)));
            claimed.open();
            hand(claimed);
        }
        pump();
    }

    private static Entry found(TxnResult result, int step) {
        return requireNonNull(((OpResult.Get) result.results().get(step)).found());
    }

    private void hand(ClaimedItem claimed) {
        if (claimed.attempt() > maxAttempts) {
            bury(claimed, DeadItem.Reason.ATTEMPTS_EXHAUSTED);
            return;
        }
        V value;
        try {
            value = codec.decode(claimed.payload());
        } catch (RuntimeException e) {
            bury(claimed, DeadItem.Reason.UNREADABLE); // nobody here will ever read it
            return;
        }
        Waiting first = line.poll();
        if (first == null || closed || !claimed.isValid()) {
            if (first != null) {
                line.addFirst(first);
            }
            CompletableFuture<Void> ignored = claimed.giveBack();
            return;
        }
        held.put(claimed.name(), claimed);
        Delivery<V> delivery = new Delivery<>(claimed, value);
        Async.callBack(coord, () -> {
            if (!first.result.complete(Optional.of(delivery))) {
                CompletableFuture<Void> ignored = claimed.giveBack();
            }
        });
    }

    private static void bury(ClaimedItem claimed, DeadItem.Reason reason) {
        CompletableFuture<Void> ignored = claimed.bury(reason);
    }

    private void claimFailed(String name, Value mine, Throwable failure) {
        if (!(failure instanceof CoordException error) || error.outcome() == Outcome.UNKNOWN) {
            String claim = keys.key(Kind.CLAIM, name);
            CompletableFuture<Void> ignored = Removal.start(
                    coord,
                    () -> coord.kv().txn().when(Guard.valueIs(claim, mine)).then(Op.delete(claim)));
        }
        if (KeyWait.isPassing(failure)) {
            trouble = failure;
            List<Waiting> tired = line.stream().filter(waiting -> waiting.late).toList();
            tired.forEach(waiting -> refuse(waiting, failure));
            pumpLater(Removal.RETRY);
        } else {
            failAll(failure instanceof LeaseExpiredException ? sessionEnded() : failure);
        }
    }

    /** Those whose patience has ended wait for the answers to the claims on their way, and no longer. */
    private void endLate() {
        int ahead = 0;
        for (Waiting waiting : new ArrayList<>(line)) {
            if (waiting.late && ahead >= claiming.size()) {
                line.remove(waiting);
                Async.callBack(coord, () -> waiting.result.complete(Optional.empty()));
            } else {
                ahead++;
            }
        }
    }

    // ---- the end

    void close() {
        context.run(() -> {
            failAll(closed());
            closed = true;
            stopWatching();
            ended.complete(null);
        });
    }

    private void stopWatching() {
        Watch running = watch;
        watch = null;
        if (running != null) {
            running.close();
        }
        if (later != null) {
            later.cancel();
            later = null;
        }
    }

    private ClosedException closed() {
        return new ClosedException(Outcome.NOT_APPLIED, "this handle of queue " + keys.path() + " is closed");
    }

    private CoordException sessionEnded() {
        return new SessionExpiredException(
                Outcome.NOT_APPLIED, "session " + coord.session().id() + " has ended; open a new one");
    }

    private void failAll(Throwable failure) {
        List<Waiting> all = List.copyOf(line);
        line.clear();
        all.forEach(waiting -> refuse(waiting, failure));
    }

    private void refuse(Waiting waiting, Throwable failure) {
        line.remove(waiting);
        Async.callBack(coord, () -> waiting.result.completeExceptionally(failure));
    }

    /** Not on the timer's thread: to send may take a while. */
    private Timer schedule(Duration delay, Runnable task) {
        return coord.scheduler().schedule(delay, () -> Async.callBack(coord, () -> context.run(task)));
    }

    private final class ItemsListener implements WatchListener {

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            context.run(() -> changed(revision, events));
        }

        @Override
        public void onResync(RangeResult state) {
            context.run(() -> {
                reset(state);
                pump();
            });
        }

        @Override
        public void onEnd(CoordException cause) {
            context.run(() -> {
                failAll(cause);
                stopWatching();
            });
        }
    }
}
