package dev.coord.recipes.internal;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.FencedException;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.HandleState;
import dev.coord.time.Deadline;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keys that are held against all others, from their grant until their loss.
 *
 * <p>They are held on one stretch of the session's validity, whose signal was taken before the session was found valid and
 * the keys granted. So it is either certain that the store still keeps them, or they are lost.
 */
abstract class Tenure implements FencedHandle {
    private final Coord coord;
    private final List<String> keys;
    private final long token;
    private final Stretch stretch;
    private final StateListeners states;
    private final CompletableFuture<Void> lost = new CompletableFuture<>();
    private final CompletableFuture<Void> removed = new CompletableFuture<>();
    /** Completes at the loss, to unhook this from the long-lived signals of the session. */
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    /** When this was lost, however late that is noticed; null while it is held. */
    private final AtomicReference<@Nullable Deadline> lostAt = new AtomicReference<>();

    /** Whether it was lost on purpose; known before the signal. */
    private volatile boolean letGo;

    private volatile List<Watch> watches = List.of();

    Tenure(Coord coord, List<String> keys, long token, Stretch stretch) {
        this.coord = coord;
        this.keys = List.copyOf(keys);
        this.token = token;
        this.stretch = stretch;
        this.states = new StateListeners(coord, this::state, this::nanosUntilOverdue);
    }

    /** How it is lost. */
    enum Loss {
        /** Given back. */
        RELEASED,
        /** By the end of the stretch. */
        LAPSED,
        /** Its key is gone already. */
        GONE
    }

    /** One of the keys holds something else now. */
    abstract void heard(Entry now);

    /** It is lost, as is known here: lets go in the store, and calls {@link #gone()} when that is done. */
    abstract void letGo(Loss loss);

    /** Whether somebody else may hold already. */
    boolean isInDoubt() {
        return false;
    }

    /** Begins to listen for what becomes of the keys, from their grant on. */
    final void open() {
        List<Watch> opened = new ArrayList<>();
        try {
            keys.forEach(key -> opened.add(watch(key)));
        } catch (RuntimeException e) {
            opened.forEach(Watch::close);
            throw e;
        }
        watches = List.copyOf(opened);
        if (isLost()) {
            watches.forEach(Watch::close);
        }
        stretch.whenOver(ended, () -> lose(Loss.LAPSED));
    }

    private Watch watch(String key) {
        WatchSpec spec = WatchSpec.of(KeyRange.key(key)).from(token + 1);
        return coord.watch(spec.resyncing(), new OwnKeyListener());
    }

    /**
     * Returns the handle it is held through.
     *
     * @return the handle
     */
    public final Coord coord() {
        return coord;
    }

    final String key() {
        return keys.get(0);
    }

    /**
     * Tells how what is lost was lost.
     *
     * @return whether the holder gave it back or handed it over, or closed its session
     */
    public final boolean wasLetGo() {
        return letGo;
    }

    final boolean isLost() {
        return lostAt.get() != null;
    }

    @Override
    public final boolean isValid() {
        return !isInDoubt() && isCertain();
    }

    private boolean isCertain() {
        return stretch.lasts() && lostAt.get() == null;
    }

    @Override
    public final Deadline validUntil() {
        Deadline loss = lostAt.get();
        if (loss != null) {
            return loss;
        }
        return isInDoubt() ? Deadline.after(coord.ticker(), Duration.ZERO) : stretch.validUntil();
    }

    @Override
    public final HandleState state() {
        if (!isCertain()) {
            return HandleState.LOST;
        }
        return isInDoubt() || nanosUntilOverdue() <= 0 ? HandleState.SUSPENDED : HandleState.HELD;
    }

    private long nanosUntilOverdue() {
        return StateListeners.nanosUntilOverdue(coord, stretch.validUntil());
    }

    @Override
    public final void onStateChange(Consumer<HandleState> listener) {
        states.add(listener);
    }

    /** Tells of a state that changed for other reasons than the time. */
    final void stateChanged() {
        states.changed();
    }

    @Override
    public final long fencingToken() {
        return token;
    }

    @Override
    public final Guard guard() {
        return Guard.createRevisionIs(key(), token);
    }

    /**
     * Returns the guards of all keys.
     *
     * @return one for each, in the order they were asked for
     */
    public final List<Guard> guards() {
        return keys.stream().map(key -> Guard.createRevisionIs(key, token)).toList();
    }

    @Override
    public final CompletableFuture<Void> lost() {
        return lost;
    }

    @Override
    public final CompletableFuture<Void> closeAsync() {
        lose(Loss.RELEASED);
        return removed;
    }

    @Override
    public final void close() {
        lose(Loss.RELEASED);
        try {
            await(CompletableFuture.anyOf(removed, stretch.lapsed()).thenAccept(either -> {}));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits for an operation of this handle to be done.
     *
     * @param operation what to wait for
     * @throws InterruptedException if interrupted; the operation goes on
     */
    public final void await(CompletableFuture<Void> operation) throws InterruptedException {
        Async.awaitDone(coord, operation);
    }

    /** Commits what depends on the first key, which the other branch gets. */
    final CompletableFuture<Boolean> settle(Txn txn) {
        return settle(txn, result -> {}, missed -> {});
    }

    /**
     * Commits what depends on the first key, which the other branch gets.
     *
     * @param done told of the success, before the future is
     * @param missed told what the key is, if it is still held but something did not hold
     * @return fails with what either throws, too
     */
    final CompletableFuture<Boolean> settle(Txn txn, Consumer<TxnResult> done, Consumer<Entry> missed) {
        return Async.map(txn::commitAsync, result -> {
            if (result.succeeded()) {
                done.accept(result);
                return true;
            }
            Entry own = ((OpResult.Get) result.results().get(0)).found();
            if (own == null || own.createRevision() != token) {
                throw fenced();
            }
            missed.accept(own);
            return false;
        });
    }

    final FencedException fenced() {
        return new FencedException("the place " + key() + " with token " + token + " is no longer held");
    }

    /** Makes the loss known here first, then to the store. */
    final void lose(Loss loss) {
        Deadline end = stretch.validUntil();
        Deadline at = end.isPast() ? end : Deadline.after(coord.ticker(), Duration.ZERO);
        if (!lostAt.compareAndSet(null, at)) {
            return;
        }
        letGo = loss == Loss.RELEASED || (loss == Loss.GONE && isInDoubt());
        watches.forEach(Watch::close);
        ended.complete(null);
        Async.callBack(coord, () -> lost.complete(null));
        states.changed();
        letGo(loss);
    }

    /** Nothing of it is in the store any more. */
    void gone() {
        Async.callBack(coord, () -> removed.complete(null));
    }

    @Override
    public String toString() {
        return key() + " token " + token + (isValid() ? "" : " (lost)");
    }

    private final class OwnKeyListener implements WatchListener {

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            Entry now = events.get(events.size() - 1).after();
            if (now == null) {
                lose(Loss.GONE);
            } else {
                heard(now);
            }
        }

        @Override
        public void onResync(RangeResult state) {
            state.entries().stream()
                    .filter(entry -> entry.createRevision() == token)
                    .findFirst()
                    .ifPresentOrElse(Tenure.this::heard, () -> lose(Loss.GONE));
        }

        @Override
        public void onEnd(CoordException cause) {
            lose(Loss.RELEASED);
        }
    }
}
