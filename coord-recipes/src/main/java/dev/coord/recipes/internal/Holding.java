package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.FencedException;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Value;
import dev.coord.recipes.FencedHandle;
import dev.coord.time.Deadline;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The first place of a queue, held from its grant until its loss.
 *
 * <p>It lives on one stretch of the session's validity: the signal that was taken before the store confirmed the place.
 * So it is either certain that the store still keeps the key against all others, or lost.
 */
public final class Holding implements FencedHandle {
    private final Coord coord;
    private final String key;
    private final long token;
    private final CompletableFuture<Void> lapsed;
    private final CompletableFuture<Void> lost = new CompletableFuture<>();
    private final CompletableFuture<Void> removed = new CompletableFuture<>();
    /** Completes at the loss, to unhook this from the long-lived signals of the session. */
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    /** When this was lost; null while it is held. */
    private final AtomicReference<@Nullable Deadline> lostAt = new AtomicReference<>();

    private volatile @Nullable Watch watch;

    Holding(Coord coord, String key, long token, CompletableFuture<Void> lapsed) {
        this.coord = coord;
        this.key = key;
        this.token = token;
        this.lapsed = lapsed;
    }

    /**
     * Begins to listen for the loss.
     *
     * @param revision the revision at which the place was seen to be the first
     */
    void open(long revision) {
        WatchSpec spec = WatchSpec.of(KeyRange.key(key)).from(revision + 1).deletesOnly();
        Watch opened = coord.watch(spec.resyncing(), new OwnKeyListener());
        watch = opened;
        if (lostAt.get() != null) {
            opened.close();
        }
        Async.onSignal(lapsed, ended, this::lose);
    }

    @Override
    public boolean isValid() {
        // In this order: a session valid anew has completed the signal of the former stretch before.
        return coord.session().isValid() && !lapsed.isDone() && lostAt.get() == null;
    }

    @Override
    public Deadline validUntil() {
        Deadline sessionView = coord.session().validUntil();
        Deadline loss = lostAt.get();
        if (loss != null) {
            return loss;
        }
        return lapsed.isDone() ? Deadline.after(coord.ticker(), Duration.ZERO) : sessionView;
    }

    @Override
    public long fencingToken() {
        return token;
    }

    @Override
    public Guard guard() {
        return Guard.createRevisionIs(key, token);
    }

    @Override
    public CompletableFuture<Void> lost() {
        return lost;
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        lose();
        return removed;
    }

    @Override
    public void close() {
        lose();
        try {
            await(CompletableFuture.anyOf(removed, lapsed).thenAccept(either -> {}));
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
    public void await(CompletableFuture<Void> operation) throws InterruptedException {
        Async.awaitDone(coord, operation);
    }

    /**
     * Replaces the value of the key if this is still held.
     *
     * @param value the new value
     * @return completes when written; fails with {@link FencedException} if the place is lost, and as writes do
     */
    public CompletableFuture<Void> update(Value value) {
        if (lostAt.get() != null) {
            return CompletableFuture.failedFuture(fenced());
        }
        Op put = Op.put(key, value).withLease(coord.session().id());
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        Async.run(() -> coord.kv().txn().when(guard()).then(put).commitAsync(), (result, failure) -> {
            if (result == null) {
                outcome.completeExceptionally(requireNonNull(failure));
            } else if (result.succeeded()) {
                outcome.complete(null);
            } else {
                outcome.completeExceptionally(fenced());
            }
        });
        return outcome;
    }

    private FencedException fenced() {
        return new FencedException("the place " + key + " with token " + token + " is no longer held");
    }

    /** Makes the loss known here first, then to the store. */
    private void lose() {
        if (!lostAt.compareAndSet(null, Deadline.after(coord.ticker(), Duration.ZERO))) {
            return;
        }
        Watch opened = watch;
        if (opened != null) {
            opened.close();
        }
        ended.complete(null);
        Async.callBack(coord, () -> lost.complete(null));
        Async.whenDone(Removal.start(coord, key, token), (done, failure) -> removed.complete(null));
    }

    @Override
    public String toString() {
        return key + " token " + token + (isValid() ? "" : " (lost)");
    }

    private final class OwnKeyListener implements WatchListener {

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            lose();
        }

        @Override
        public void onResync(RangeResult state) {
            if (state.entries().stream().noneMatch(entry -> entry.createRevision() == token)) {
                lose();
            }
        }

        @Override
        public void onEnd(CoordException cause) {
            lose();
        }
    }
}
