package dev.coord.recipes.commit;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Op;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Names transactions, by the epoch in which they begin. An epoch is a key attached to a lease that nobody keeps alive; the outcomes of
 * its transactions are attached to the same lease. So one lease serves thousands of outcomes, and they all go together: as long as
 * the epoch's key is there, a transaction of the epoch without an outcome has none.
 */
final class Epochs {
    private final Coord coord;
    private final CommitKeys keys;
    private final Duration retention;
    private final AtomicReference<@Nullable Epoch> current = new AtomicReference<>();
    private final AtomicLong numbers = new AtomicLong();

    /**
     * One epoch.
     *
     * @param name its name
     * @param end when the next one is to begin
     * @param begun completes with its lease once its key is written
     */
    private record Epoch(String name, Deadline end, CompletableFuture<Long> begun) {
        boolean isUsable() {
            return !end.isPast() && !begun.isCompletedExceptionally();
        }
    }

    Epochs(Coord coord, CommitKeys keys, Duration retention) {
        this.coord = coord;
        this.keys = keys;
        this.retention = retention;
    }

    /** Returns an id that was never used and never will be. */
    String nextId() {
        return CommitKeys.id(current().name(), numbers.incrementAndGet());
    }

    /** Completes once the epoch of an own transaction has begun, if it is the current one or still to begin. */
    CompletableFuture<Void> begun(String id) {
        Epoch epoch = current();
        return keys.epochOf(id).equals(keys.epoch(epoch.name()))
                ? Async.done(epoch.begun())
                : CompletableFuture.completedFuture(null);
    }

    /**
     * Returns the lease for the outcome of any transaction: its epoch's, so that it never goes before that; only if that is over the
     * current one's.
     */
    CompletableFuture<Long> leaseFor(String id) {
        return Async.then(
                coord.kv().getAsync(keys.epochOf(id), Consistency.sequential()),
                found -> found.map(entry -> CompletableFuture.completedFuture(entry.lease()))
                        .orElseGet(this::currentLease));
    }

    private CompletableFuture<Long> currentLease() {
        return Async.map(current().begun(), lease -> lease);
    }

    private Epoch current() {
        while (true) {
            Epoch now = current.get();
            if (now != null && now.isUsable()) {
                return now;
            }
            Epoch next = new Epoch(name(), Deadline.after(coord.ticker(), retention), new CompletableFuture<>());
            if (current.compareAndSet(now, next)) {
                begin(next);
                return next;
            }
        }
    }

    /**
     * The reading of the clock tells it from epochs of a store that was lost and made anew, whose sessions count from 1 again: databases
     * outlive that, and what they have noted of a transaction must not be taken for another's.
     */
    private String name() {
        long mixed = coord.ticker().nanos() * 0x9E3779B97F4A7C15L;
        return String.format(
                "%s.%x.%x.%08x",
                keys.domain(), coord.session().id(), coord.session().nextNumber(), mixed >>> Integer.SIZE);
    }

    private void begin(Epoch epoch) {
        CompletableFuture<Long> lease = Async.then(
                () -> coord.leases().grantDetachedAsync(retention.multipliedBy(2)),
                granted -> Async.map(
                        coord.kv()
                                .txn()
                                .then(Op.put(keys.epoch(epoch.name()), Value.EMPTY)
                                        .withLease(granted))
                                .commitAsync(),
                        written -> granted));
        Async.whenDone(lease, (granted, failure) -> {
            if (granted != null) {
                epoch.begun().complete(granted);
            } else if (failure != null) {
                epoch.begun().completeExceptionally(failure);
            }
        });
    }
}
