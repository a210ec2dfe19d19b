package dev.coord.recipes.queue;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.IndeterminateException;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Removal;
import dev.coord.recipes.internal.StateListeners;
import dev.coord.recipes.queue.QueueKeys.Kind;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An item claimed by this session, until it is acknowledged, given back or lost.
 *
 * <p>The claim is a key attached to the session. It counts for one stretch of the session's validity only, as with {@link
 * dev.coord.recipes.internal.Holding}: the signal was taken before the claim was sent.
 */
final class ClaimedItem {
    /** How far this is. */
    private enum Stage {
        HELD,
        ACKNOWLEDGING,
        LOST,
        SETTLED
    }

    private final Coord coord;
    private final QueueKeys keys;
    private final String name;
    private final Entry item;
    private final long token;
    private final int attempt;
    private final CompletableFuture<Void> lapsed;
    private final CompletableFuture<Void> lost = new CompletableFuture<>();
    private final CompletableFuture<Void> removed = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.HELD);

    private final StateListeners states;
    private final Consumer<ClaimedItem> onEnd;
    private volatile @Nullable Deadline lostAt;
    private volatile boolean perhapsAcknowledged;

    ClaimedItem(
            Coord coord,
            QueueKeys keys,
            String name,
            Entry item,
            long token,
            int attempt,
            CompletableFuture<Void> lapsed,
            Consumer<ClaimedItem> onEnd) {
        this.onEnd = onEnd;
        this.coord = coord;
        this.keys = keys;
        this.name = name;
        this.item = item;
        this.token = token;
        this.attempt = attempt;
        this.lapsed = lapsed;
        this.states = StateListeners.ofSession(coord, this::isValid);
    }

    /** Begins to listen for the end of the session's validity. */
    void open() {
        Async.onSignal(lapsed, ended, () -> giveBack(Stage.LOST));
    }

    String name() {
        return name;
    }

    String id() {
        return Long.toHexString(item.createRevision()) + "-" + name;
    }

    Value payload() {
        return item.value();
    }

    long token() {
        return token;
    }

    int attempt() {
        return attempt;
    }

    Guard guard() {
        return Guard.createRevisionIs(claimKey(), token);
    }

    private String claimKey() {
        return keys.key(Kind.CLAIM, name);
    }

    boolean isValid() {
        // In this order: a session valid anew has completed the signal of the former stretch before.
        return coord.session().isValid() && !lapsed.isDone() && !isOver();
    }

    private boolean isOver() {
        return isOver(stage.get());
    }

    private static boolean isOver(@Nullable Stage stage) {
        return stage == Stage.LOST || stage == Stage.SETTLED;
    }

    Deadline validUntil() {
        Deadline sessionView = coord.session().validUntil();
        Deadline end = lostAt;
        if (end != null) {
            return end;
        }
        return lapsed.isDone() ? Deadline.after(coord.ticker(), Duration.ZERO) : sessionView;
    }

    StateListeners states() {
        return states;
    }

    CompletableFuture<Void> lost() {
        return lost;
    }

    // ---- acknowledging

    CompletableFuture<Boolean> acknowledge(List<Op> also) {
        if (!begin()) {
            // The claim may be gone because of an acknowledgement whose answer did not come.
            return perhapsAcknowledged
                    ? CompletableFuture.failedFuture(unknown())
                    : CompletableFuture.completedFuture(false);
        }
        boolean again = perhapsAcknowledged;
        return settledBy(() -> acknowledging(also, again).commitAsync(), again);
    }

    /** Tells whether the item is still held, as far as is known; if so, it is about to be settled. */
    private boolean begin() {
        if (stage.compareAndSet(Stage.HELD, Stage.ACKNOWLEDGING)) {
            return true;
        }
        if (stage.get() == Stage.LOST) {
            return false;
        }
        throw new IllegalStateException("item " + id() + " was acknowledged or given back before");
    }

    private CompletableFuture<Boolean> settledBy(Supplier<CompletableFuture<TxnResult>> operation, boolean again) {
        CompletableFuture<Boolean> outcome = new CompletableFuture<>();
        Async.run(operation, (result, failure) -> {
            if (result == null) {
                failed(requireNonNull(failure), outcome);
            } else if (result.succeeded()) {
                end(Stage.SETTLED);
                removed.complete(null);
                outcome.complete(true);
            } else if (again && !isStillThere(result)) {
                lose();
                outcome.completeExceptionally(unknown());
            } else {
                lose();
                outcome.complete(false);
            }
        });
        return outcome;
    }

    private IndeterminateException unknown() {
        return new IndeterminateException("item " + id() + " is gone, acknowledged here or by another");
    }

    private Txn acknowledging(List<Op> also, boolean again) {
        Op[] steps = Stream.concat(removing(), also.stream()).toArray(Op[]::new);
        Txn txn = coord.kv().txn().when(guard()).then(steps);
        return again ? txn.otherwise(Op.get(keys.item(name))) : txn;
    }

    private Stream<Op> removing() {
        return Stream.of(Kind.ITEM, Kind.ATTEMPTS, Kind.CLAIM).map(kind -> Op.delete(keys.key(kind, name)));
    }

    private boolean isStillThere(TxnResult result) {
        Entry found = ((OpResult.Get) result.results().get(0)).found();
        return found != null && found.createRevision() == item.createRevision();
    }

    private void failed(Throwable failure, CompletableFuture<Boolean> outcome) {
        if (mayBeDone(failure)) {
            perhapsAcknowledged = true;
        }
        stage.compareAndSet(Stage.ACKNOWLEDGING, Stage.HELD);
        outcome.completeExceptionally(failure);
    }

    // ---- the end

    /** Gives the item back for whoever comes next, as its consumer wants, unless it is settled or lost. */
    CompletableFuture<Void> giveBack() {
        return giveBack(Stage.SETTLED);
    }

    private CompletableFuture<Void> giveBack(Stage last) {
        if (end(last)) {
            CompletableFuture<Void> removal = Removal.start(coord, claimKey(), token);
            Async.whenDone(removal, (done, failure) -> removed.complete(null));
        }
        return removed;
    }

    /** Gives the item back, not to be delivered for a while. */
    CompletableFuture<Boolean> giveBackFor(Duration delay) {
        if (!begin()) {
            return CompletableFuture.completedFuture(false);
        }
        return settledBy(() -> Async.then(() -> coord.leases().grantDetachedAsync(delay), this::holding), false);
    }

    private CompletableFuture<TxnResult> holding(long lease) {
        Op hold = Op.put(keys.key(Kind.HOLD, name), Value.EMPTY).withLease(lease);
        Txn txn = coord.kv().txn().when(guard()).then(Op.delete(claimKey()), hold);
        CompletableFuture<TxnResult> outcome = new CompletableFuture<>();
        Async.run(txn::commitAsync, (result, failure) -> {
            if (result != null) {
                revokeUnless(result.succeeded(), lease);
                outcome.complete(result);
            } else {
                revokeUnless(mayBeDone(failure), lease);
                outcome.completeExceptionally(requireNonNull(failure));
            }
        });
        return outcome;
    }

    /** Ends a delay that nobody needs; if that fails, it ends by itself. */
    private void revokeUnless(boolean needed, long lease) {
        if (!needed) {
            Async.run(() -> coord.leases().revokeAsync(lease), (revoked, failure) -> {});
        }
    }

    private static boolean mayBeDone(@Nullable Throwable failure) {
        return !(failure instanceof CoordException error) || error.outcome() == Outcome.UNKNOWN;
    }

    /** Moves the item to the dead ones. */
    CompletableFuture<Void> bury(DeadItem.Reason reason) {
        if (end(Stage.LOST)) {
            String dead = keys.dead(id(), reason, attempt - 1);
            Op[] steps = Stream.concat(removing(), Stream.of(Op.put(dead, item.value())))
                    .toArray(Op[]::new);
            CompletableFuture<Void> removal =
                    Removal.start(coord, () -> coord.kv().txn().when(guard()).then(steps));
            Async.whenDone(removal, (done, failure) -> removed.complete(null));
        }
        return removed;
    }

    /** Called when the claim was seen to be deleted; perhaps by this very handle. */
    void claimDeleted() {
        if (stage.get() == Stage.HELD) {
            lose();
        }
    }

    /** The store has no claim any more. */
    private void lose() {
        end(Stage.LOST);
        removed.complete(null);
    }

    private boolean end(Stage last) {
        Stage before = stage.getAndUpdate(now -> isOver(now) ? now : last);
        if (isOver(before)) {
            return false;
        }
        lostAt = Deadline.after(coord.ticker(), Duration.ZERO);
        ended.complete(null);
        onEnd.accept(this);
        Async.callBack(coord, () -> lost.complete(null));
        states.changed();
        return true;
    }

    CompletableFuture<Void> lapsed() {
        return lapsed;
    }

    Coord coord() {
        return coord;
    }

    @Override
    public String toString() {
        return id() + " token " + token + (isValid() ? "" : " (over)");
    }
}
