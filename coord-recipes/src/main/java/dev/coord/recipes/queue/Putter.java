package dev.coord.recipes.queue;

import static java.util.Objects.requireNonNull;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.FencedException;
import dev.coord.LeaseExpiredException;
import dev.coord.LimitExceededException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Guard.Relation;
import dev.coord.kv.Guard.Target;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Failures;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Puts items for one handle of a queue: one transaction at a time, with all of one priority that came meanwhile.
 *
 * <p>An item's number is one more than the last one's of its priority. That is read here and guarded there: no item must be
 * behind the last one known. If another handle was faster, the answer tells its number, and the next transaction goes on
 * from that. So a number is as good as the order of the log, and takes no counter that would outlive the items.
 */
final class Putter {
    private static final int MOST_WAITING = 10_000;
    private static final int BATCH_ITEMS = 32;
    private static final int BATCH_BYTES = 1 << 20;

    private final Coord coord;
    private final QueueKeys keys;
    private final int capacity;
    private final SerialContext context = new SerialContext(this::failAll);

    // The rest is touched in the context only.
    private final Deque<Waiting> line = new ArrayDeque<>();
    private List<Waiting> sent = List.of();
    private boolean busy;
    private boolean closed;
    private @Nullable Throwable trouble;
    private @Nullable Watch room;
    private @Nullable Timer retry;

    Putter(Coord coord, QueueKeys keys, int capacity) {
        this.coord = coord;
        this.keys = keys;
        this.capacity = capacity;
    }

    private static final class Waiting {
        final Value payload;
        final PutOptions options;
        /** Whether it waits for room. */
        final boolean patient;

        /** The key of the dead item that this was, and is no more when it is put. */
        final @Nullable String dead;

        final CompletableFuture<Optional<String>> result = new CompletableFuture<>();

        boolean late;
        boolean delayed;
        /** The lease of the delay; 0 before it is granted, and when it is over. */
        long hold;

        @Nullable
        Timer timer;

        Waiting(Value payload, PutOptions options, boolean patient, @Nullable String dead) {
            this.payload = payload;
            this.options = options;
            this.patient = patient;
            this.dead = dead;
            this.delayed = !options.delay().isZero();
        }
    }

    /** Puts an item; gives its id, or nothing if the queue was full for as long as the caller was ready to wait. */
    CompletableFuture<Optional<String>> put(Value payload, PutOptions options, @Nullable Duration patience) {
        boolean once = patience != null && (patience.isZero() || patience.isNegative());
        return put(new Waiting(payload, options, !once, null), patience);
    }

    /** Puts a dead item back; gives its new id, or nothing if it is not there any more. */
    CompletableFuture<Optional<String>> putBack(Entry dead) {
        int priority = QueueKeys.priority(QueueKeys.nameOfId(keys.deadItem(dead).id()));
        PutOptions options = PutOptions.defaults().priority(priority).when(Guard.exists(dead.key()));
        return put(new Waiting(dead.value(), options, true, dead.key()), null);
    }

    private CompletableFuture<Optional<String>> put(Waiting waiting, @Nullable Duration patience) {
        Async.whenDone(waiting.result, (id, failure) -> context.run(() -> leave(waiting)));
        context.run(() -> {
            if (closed) {
                refuse(waiting, closed());
            } else if (line.size() >= MOST_WAITING) {
                refuse(waiting, new LimitExceededException("more than " + MOST_WAITING + " items wait to be put here"));
            } else {
                line.add(waiting);
                if (patience != null && waiting.patient) {
                    waiting.timer = schedule(patience, () -> timedOut(waiting));
                }
                send();
            }
        });
        return waiting.result;
    }

    private void leave(Waiting waiting) {
        if (line.remove(waiting)) {
            release(waiting); // given up
        }
        if (waiting.timer != null) {
            waiting.timer.cancel();
        }
        if (line.isEmpty()) {
            stopWaiting();
        }
    }

    private void timedOut(Waiting waiting) {
        waiting.late = true;
        if (!sent.contains(waiting)) {
            line.remove(waiting);
            endLate(waiting);
        }
    }

    private void endLate(Waiting waiting) {
        Throwable cause = trouble;
        if (cause != null) {
            refuse(waiting, new UnavailableException("no answer from the store in time at " + keys.path(), cause));
        } else {
            complete(waiting, Optional.empty());
        }
    }

    // ---- sending

    private void send() {
        if (busy || line.isEmpty() || (room != null && line.stream().allMatch(waiting -> waiting.patient))) {
            return;
        }
        busy = true;
        int priority = line.getFirst().options.priority();
        RangeQuery last = lastOf(priority);
        Async.run(
                () -> coord.kv().rangeAsync(last, Consistency.sequential()),
                (found, failure) -> context.run(() -> {
                    if (found != null) {
                        sendFrom(priority, next(found), capacity);
                    } else {
                        busy = false;
                        failed(List.of(), requireNonNull(failure), true);
                    }
                }));
    }

    private RangeQuery lastOf(int priority) {
        return RangeQuery.of(keys.lane(priority)).lastFirst().limit(1).withoutValues();
    }

    private static long next(RangeResult last) {
        return last.entries().stream()
                .findFirst()
                .map(Entry::key)
                .map(key -> QueueKeys.number(key) + 1)
                .orElse(1L);
    }

    private void sendFrom(int priority, long number, int most) {
        List<Waiting> batch = batch(priority, most);
        if (batch.isEmpty()) {
            busy = false;
            send();
            return;
        }
        sent = batch;
        line.removeAll(batch);
        Waiting first = batch.get(0);
        if (first.delayed && first.hold == 0) {
            hold(first, priority, number);
        } else {
            send(batch, priority, number);
        }
    }

    /** Begins the delay of an item, before it is put. */
    private void hold(Waiting first, int priority, long number) {
        Duration delay = first.options.delay();
        Async.run(
                () -> coord.leases().grantDetachedAsync(delay),
                (lease, failure) -> context.run(() -> {
                    if (lease != null) {
                        first.hold = lease;
                        send(List.of(first), priority, number);
                    } else {
                        sent = List.of();
                        busy = false;
                        // Perhaps granted; but nothing was put, and a lease without keys ends unnoticed.
                        failed(List.of(first), requireNonNull(failure), true);
                    }
                }));
    }

    private void send(List<Waiting> batch, int priority, long number) {
        Async.run(
                () -> putting(batch, priority, number),
                (result, failure) -> context.run(() -> {
                    sent = List.of();
                    if (result != null && result.succeeded()) {
                        put(batch, priority, number, result.revision());
                    } else if (result != null) {
                        notPut(batch, priority, number, result);
                    } else if (failure instanceof LeaseExpiredException && batch.get(0).delayed) {
                        overdue(batch.get(0), priority, number);
                    } else {
                        busy = false;
                        failed(batch, requireNonNull(failure), isSurelyNotDone(failure));
                    }
                }));
    }

    /** The delay was over before there was room. */
    private void overdue(Waiting first, int priority, long number) {
        first.delayed = false;
        first.hold = 0;
        sent = List.of(first);
        send(sent, priority, number);
    }

    private static boolean isSurelyNotDone(@Nullable Throwable failure) {
        return Failures.isSurelyWithoutEffect(failure);
    }

    /** The first in line, and those right behind that can go with it. */
    private List<Waiting> batch(int priority, int most) {
        List<Waiting> batch = new ArrayList<>();
        int bytes = 0;
        for (Waiting waiting : line) {
            bytes += waiting.payload.size();
            boolean first = batch.isEmpty();
            boolean fits = waiting.options.priority() == priority
                    && (first || (batch.size() < Math.min(most, BATCH_ITEMS) && bytes <= BATCH_BYTES))
                    && (first || goTogether(batch.get(0), waiting));
            if (!fits) {
                break;
            }
            batch.add(waiting);
        }
        return batch;
    }

    private static boolean goTogether(Waiting first, Waiting other) {
        return !first.delayed
                && !other.delayed
                && first.dead == null
                && other.dead == null
                && other.options.guards().equals(first.options.guards());
    }

    private CompletableFuture<TxnResult> putting(List<Waiting> batch, int priority, long number) {
        List<Guard> guards = new ArrayList<>(batch.get(0).options.guards());
        guards.add(Guard.absent(keys.laneFrom(priority, number)));
        guards.add(Guard.compare(keys.items(), Target.COUNT, Relation.LESS, capacity - batch.size() + 1L));
        List<Op> puts = new ArrayList<>();
        for (Waiting waiting : batch) {
            String name = QueueKeys.name(priority, number + puts.size());
            puts.add(Op.put(keys.item(name), waiting.payload));
        }
        String dead = batch.get(0).dead;
        if (dead != null) {
            puts.add(Op.delete(dead));
        }
        long hold = batch.get(0).hold;
        if (hold != 0) {
            String key = keys.key(Kind.HOLD, QueueKeys.name(priority, number));
            puts.add(Op.put(key, Value.EMPTY).withLease(hold));
        }
        Txn txn = coord.kv()
                .txn()
                .when(guards.toArray(Guard[]::new))
                .then(puts.toArray(Op[]::new))
                .otherwise(
                        Op.range(lastOf(priority)),
                        Op.range(RangeQuery.of(keys.items()).countedOnly()));
        return (dead == null ? txn : txn.otherwise(Op.get(dead))).commitAsync();
    }

    private void put(List<Waiting> batch, int priority, long number, long revision) {
        trouble = null;
        for (int i = 0; i < batch.size(); i++) {
            String id = Long.toHexString(revision) + "-" + QueueKeys.name(priority, number + i);
            complete(batch.get(i), Optional.of(id));
        }
        stopWaiting();
        busy = false;
        send();
    }

    private void notPut(List<Waiting> batch, int priority, long number, TxnResult result) {
        trouble = null;
        long next = next(((OpResult.Range) result.results().get(0)).result());
        long count = ((OpResult.Range) result.results().get(1)).result().count();
        List<Waiting> back = new ArrayList<>();
        for (Waiting waiting : batch) {
            boolean gone =
                    waiting.dead != null && ((OpResult.Get) result.results().get(2)).found() == null;
            if (gone || waiting.late || (count >= capacity && !waiting.patient)) {
                complete(waiting, Optional.empty());
            } else if (next <= number && count + batch.size() <= capacity) {
                refuse(waiting, fenced());
            } else if (waiting.result.isDone()) {
                release(waiting); // given up meanwhile
            } else {
                back.add(waiting);
            }
        }
        for (int i = back.size() - 1; i >= 0; i--) {
            line.addFirst(back.get(i));
        }
        if (count < capacity) {
            sendFrom(priority, next, (int) (capacity - count));
        } else {
            busy = false;
            refuseImpatient();
            awaitRoom(result.revision());
        }
    }

    private FencedException fenced() {
        return new FencedException("not put at " + keys.path() + ": what it was to be put under no longer holds");
    }

    /** The queue is full: who does not wait for room has the answer too. */
    private void refuseImpatient() {
        for (Waiting waiting : List.copyOf(line)) {
            if (!waiting.patient) {
                line.remove(waiting);
                complete(waiting, Optional.empty());
            }
        }
    }

    private void awaitRoom(long fullAt) {
        if (!line.isEmpty() && !closed) {
            stopWaiting();
            WatchSpec spec = WatchSpec.of(keys.items()).from(fullAt + 1).deletesOnly();
            room = coord.watch(spec.resyncing(), new RoomListener());
        }
    }

    private void mayHaveRoom() {
        stopWaiting();
        send();
    }

    private void stopWaiting() {
        Watch waiting = room;
        room = null;
        if (waiting != null) {
            waiting.close();
        }
    }

    // ---- failures

    private void failed(List<Waiting> batch, Throwable failure, boolean surelyNot) {
        if (!KeyWait.isPassing(failure)) {
            batch.forEach(waiting -> refuse(waiting, failure));
            failAll(failure);
            return;
        }
        trouble = failure;
        for (int i = batch.size() - 1; i >= 0; i--) {
            Waiting waiting = batch.get(i);
            if (!surelyNot || !waiting.patient || waiting.result.isDone()) {
                refuse(waiting, failure);
            } else if (waiting.late) {
                endLate(waiting);
            } else {
                line.addFirst(waiting);
            }
        }
        retry = schedule(Removal.RETRY, this::send);
    }

    void close() {
        context.run(() -> {
            failAll(closed());
            closed = true;
            if (retry != null) {
                retry.cancel();
            }
        });
    }

    private ClosedException closed() {
        return new ClosedException(Outcome.NOT_APPLIED, "this handle of queue " + keys.path() + " is closed");
    }

    private void failAll(Throwable failure) {
        List<Waiting> all = List.copyOf(line);
        line.clear();
        all.forEach(waiting -> {
            release(waiting);
            refuse(waiting, failure);
        });
        stopWaiting();
    }

    private void complete(Waiting waiting, Optional<String> id) {
        if (id.isEmpty()) {
            release(waiting);
        }
        Async.callBack(coord, () -> waiting.result.complete(id));
    }

    private void refuse(Waiting waiting, Throwable failure) {
        if (isSurelyNotDone(failure)) {
            release(waiting);
        }
        Async.callBack(coord, () -> waiting.result.completeExceptionally(failure));
    }

    /** Ends a delay that nobody needs; if that fails, it ends by itself. */
    private void release(Waiting waiting) {
        long lease = waiting.hold;
        if (lease != 0) {
            waiting.hold = 0;
            Async.run(() -> coord.leases().revokeAsync(lease), (revoked, failure) -> {});
        }
    }

    /** Not on the timer's thread: to send may take a while. */
    private Timer schedule(Duration delay, Runnable task) {
        return coord.scheduler().schedule(delay, () -> Async.callBack(coord, () -> context.run(task)));
    }

    private final class RoomListener implements WatchListener {

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            context.run(Putter.this::mayHaveRoom);
        }

        @Override
        public void onResync(RangeResult state) {
            context.run(Putter.this::mayHaveRoom);
        }

        @Override
        public void onEnd(CoordException cause) {
            context.run(() -> failAll(cause));
        }
    }
}
