package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.FencedException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.internal.Line.Place;
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
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A place among the holders of a queue, or of several, from its grant until its loss.
 *
 * <p>It lives on one stretch of the session's validity, whose signal was taken before the session was found valid and the
 * place granted. So it is either certain that the store still keeps the key against all others, or lost.
 */
public final class Holding implements FencedHandle {
    private final Coord coord;
    private final List<Want> wants;
    private final Terms terms;
    private final String id;
    private final long token;
    private final Stretch stretch;
    private final Moves moves;
    private final CompletableFuture<Void> lost = new CompletableFuture<>();
    private final CompletableFuture<Void> removed = new CompletableFuture<>();
    private final CompletableFuture<Void> releaseAsked = new CompletableFuture<>();
    /** Completes at the loss, to unhook this from the long-lived signals of the session. */
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    /** When this was lost; null while it is held. */
    private final AtomicReference<@Nullable Deadline> lostAt = new AtomicReference<>();

    /** How a place is lost. */
    private enum Loss {
        /** Given back. */
        RELEASED,
        /** By the end of the stretch. */
        LAPSED,
        /** Its key is gone already. */
        GONE
    }

    private volatile Ask ask;
    private volatile List<Watch> watches = List.of();

    Holding(Coord coord, List<Want> wants, Terms terms, String id, long token, Stretch stretch) {
        this.coord = coord;
        this.wants = wants;
        this.terms = terms;
        this.id = id;
        this.token = token;
        this.stretch = stretch;
        this.moves = new Moves(coord, wants, id, terms.leaseId(coord.session()));
        this.ask = wants.get(0).ask();
    }

    /**
     * Begins to listen for the loss.
     *
     * @param revision the revision at which the place was seen
     */
    void open(long revision) {
        List<Watch> opened = new ArrayList<>();
        try {
            wants.forEach(want -> opened.add(watch(want, revision)));
        } catch (RuntimeException e) {
            opened.forEach(Watch::close);
            throw e;
        }
        watches = List.copyOf(opened);
        if (lostAt.get() != null) {
            watches.forEach(Watch::close);
        }
        stretch.whenOver(ended, this::lapse);
    }

    private Watch watch(Want want, long revision) {
        WatchSpec spec = WatchSpec.of(KeyRange.key(want.queue().holderKey(id)));
        return coord.watch(spec.from(revision + 1).resyncing(), new OwnKeyListener());
    }

    QueuePath queue() {
        return wants.get(0).queue();
    }

    String key() {
        return queue().holderKey(id);
    }

    /**
     * Returns the handle it is held through.
     *
     * @return the handle
     */
    public Coord coord() {
        return coord;
    }

    /**
     * Returns its name in the queue.
     *
     * @return the id
     */
    public String id() {
        return id;
    }

    /**
     * Returns what it says of itself at present, as far as this peer knows.
     *
     * @return the ask
     */
    public Ask ask() {
        return ask;
    }

    @Override
    public boolean isValid() {
        return stretch.lasts() && lostAt.get() == null;
    }

    @Override
    public Deadline validUntil() {
        Deadline loss = lostAt.get();
        return loss == null ? stretch.validUntil() : loss;
    }

    @Override
    public long fencingToken() {
        return token;
    }

    @Override
    public Guard guard() {
        return Guard.createRevisionIs(key(), token);
    }

    /**
     * Returns the guards of all queues in which a place is held.
     *
     * @return one for each, in the order they were asked for
     */
    public List<Guard> guards() {
        return wants.stream()
                .map(want -> Guard.createRevisionIs(want.queue().holderKey(id), token))
                .toList();
    }

    @Override
    public CompletableFuture<Void> lost() {
        return lost;
    }

    /**
     * Returns the signal that somebody asked for what is held.
     *
     * @return the signal, the same at each call
     */
    public CompletableFuture<Void> releaseAsked() {
        return releaseAsked;
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        lose(Loss.RELEASED);
        return removed;
    }

    @Override
    public void close() {
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
    public void await(CompletableFuture<Void> operation) throws InterruptedException {
        Async.awaitDone(coord, operation);
    }

    /**
     * Changes what the holder says of itself, if this is still held.
     *
     * @param change what to say instead
     * @param conditions what must hold besides
     * @return completes with true when written, with false if a condition did not hold; fails with {@link FencedException} if
     *     the place is lost, and as writes do
     */
    public CompletableFuture<Boolean> update(UnaryOperator<Ask> change, Guard... conditions) {
        if (lostAt.get() != null) {
            return CompletableFuture.failedFuture(fenced());
        }
        Ask changed = change.apply(ask);
        Txn txn = coord.kv()
                .txn()
                .when(guard())
                .when(conditions)
                .then(saying(changed))
                .otherwise(Op.get(key()));
        return settle(txn, () -> ask = changed);
    }

    /**
     * Hands what is held to one of those who wait. If that succeeds this handle is lost at once.
     *
     * @param waiter who is to have it
     * @return completes with true when done, with false if the waiter has gone; fails as {@link #update} does
     */
    public CompletableFuture<Boolean> transfer(Place waiter) {
        if (lostAt.get() != null) {
            return CompletableFuture.failedFuture(fenced());
        }
        return settle(moves.transfer(waiter, token).otherwise(Op.get(key())), () -> lose(Loss.GONE));
    }

    /** The step that says something else of the holder. */
    Op saying(Ask changed) {
        return Op.put(key(), changed.encode()).withLease(terms.leaseId(coord.session()));
    }

    /** The other branch of the transaction gets our own key. */
    private CompletableFuture<Boolean> settle(Txn txn, Runnable done) {
        CompletableFuture<Boolean> outcome = new CompletableFuture<>();
        Async.run(txn::commitAsync, (result, failure) -> {
            if (result == null) {
                outcome.completeExceptionally(requireNonNull(failure));
            } else if (result.succeeded()) {
                done.run();
                outcome.complete(true);
            } else if (isOwn(result)) {
                outcome.complete(false);
            } else {
                outcome.completeExceptionally(fenced());
            }
        });
        return outcome;
    }

    private boolean isOwn(TxnResult result) {
        Entry own = ((OpResult.Get) result.results().get(0)).found();
        return own != null && own.createRevision() == token;
    }

    FencedException fenced() {
        return new FencedException("the place " + key() + " with token " + token + " is no longer held");
    }

    // ---- the loss

    private void lapse() {
        lose(Loss.LAPSED);
    }

    /** Makes the loss known here first, then to the store. */
    private void lose(Loss loss) {
        if (!lostAt.compareAndSet(null, Deadline.after(coord.ticker(), Duration.ZERO))) {
            return;
        }
        watches.forEach(Watch::close);
        ended.complete(null);
        Async.callBack(coord, () -> lost.complete(null));
        if (loss == Loss.LAPSED && !terms.lockDelay().isZero()) {
            coord.scheduler().schedule(terms.lockDelay(), () -> Async.callBack(coord, this::remove));
        } else if (loss == Loss.GONE && wants.size() == 1) {
            gone();
        } else {
            remove();
        }
    }

    /** Lets go in the store; whose turn it is then is seen in this peer's replica. */
    private void remove() {
        if (wants.size() > 1) {
            removeBy(moves::remove);
            return;
        }
        Async.run(
                () -> coord.kv().rangeAsync(wants.get(0).everybody(), Consistency.sequential()),
                (state, failure) -> removeBy(state == null ? moves::remove : () -> handOver(state)));
    }

    private Txn handOver(RangeResult state) {
        Line line = wants.get(0).line(state);
        return line.holder(id).isPresent() ? moves.handOver(line, token) : moves.remove();
    }

    private void removeBy(Supplier<Txn> first) {
        Async.whenDone(Removal.start(coord, first, moves::remove), (done, failure) -> gone());
    }

    private void gone() {
        terms.release();
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

        private void heard(Entry now) {
            Ask said = Ask.decode(now.value());
            if (now.key().equals(key())) {
                ask = said;
            }
            if (said.releaseAsked()) {
                Async.callBack(coord, () -> releaseAsked.complete(null));
            }
        }

        @Override
        public void onResync(RangeResult state) {
            state.entries().stream()
                    .filter(entry -> entry.createRevision() == token)
                    .findFirst()
                    .ifPresentOrElse(this::heard, () -> lose(Loss.GONE));
        }

        @Override
        public void onEnd(CoordException cause) {
            lose(Loss.RELEASED);
        }
    }
}
