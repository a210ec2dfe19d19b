package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.recipes.internal.Line.Place;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A place among the holders of a queue, or of several, from its grant until its loss. */
public final class Holding extends Tenure {
    private final List<Want> wants;
    private final Terms terms;
    private final String id;
    private final Moves moves;
    private final CompletableFuture<Void> releaseAsked = new CompletableFuture<>();
    /** Whether a hand-over is on its way: somebody else may hold already. */
    private final AtomicBoolean handingOver = new AtomicBoolean();

    private final AtomicReference<Said> said;
    /** The last update, behind which the next one is made. */
    private final AtomicReference<CompletableFuture<?>> updates =
            new AtomicReference<>(CompletableFuture.completedFuture(null));

    Holding(Coord coord, List<Want> wants, Terms terms, String id, long token, Stretch stretch) {
        super(coord, wants.stream().map(want -> want.queue().holderKey(id)).toList(), token, stretch);
        this.wants = wants;
        this.terms = terms;
        this.id = id;
        this.moves = new Moves(coord, wants, id, terms.leaseId(coord.session()));
        this.said = new AtomicReference<>(new Said(wants.get(0).ask(), token));
    }

    /** What the key says, and the revision that wrote it. */
    private record Said(Ask ask, long revision) {
        Said orLater(Said other) {
            return other.revision > revision ? other : this;
        }
    }

    private Said said() {
        return requireNonNull(said.get());
    }

    QueuePath queue() {
        return wants.get(0).queue();
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
        return said().ask();
    }

    @Override
    boolean isInDoubt() {
        return handingOver.get();
    }

    /**
     * Returns the signal that somebody asked for what is held.
     *
     * @return the signal, the same at each call
     */
    public CompletableFuture<Void> releaseAsked() {
        return releaseAsked;
    }

    /**
     * Changes what the holder says of itself, if this is still held. Updates are made one after the other; what others wrote to
     * the key meanwhile is kept.
     *
     * @param change what to say instead
     * @param conditions what must hold besides
     * @return completes with true when written, with false if a condition did not hold; fails with {@link FencedException} if
     *     the place is lost, and as writes do
     * @throws IllegalArgumentException if that is too long
     */
    public CompletableFuture<Boolean> update(UnaryOperator<Ask> change, Guard... conditions) {
        Ask ignored = change.apply(ask());
        CompletableFuture<Boolean> outcome = new CompletableFuture<>();
        CompletableFuture<?> before = updates.getAndSet(outcome);
        Async.whenDone(
                before,
                (done, failure) -> Async.run(() -> write(change, conditions), (written, wrong) -> {
                    if (written == null) {
                        outcome.completeExceptionally(requireNonNull(wrong));
                    } else {
                        outcome.complete(written);
                    }
                }));
        return outcome;
    }

    private CompletableFuture<Boolean> write(UnaryOperator<Ask> change, Guard[] conditions) {
        if (isLost()) {
            throw fenced();
        }
        Said before = said();
        Ask changed = change.apply(before.ask());
        Txn txn = coord().kv()
                .txn()
                .when(Guard.modRevisionIs(key(), before.revision()))
                .when(conditions)
                .then(saying(changed))
                .otherwise(Op.get(key()));
        return Async.then(settle(txn, result -> heard(changed, result.revision()), this::heard), done -> {
            boolean othersWrote = !done && said().revision() != before.revision();
            return othersWrote ? write(change, conditions) : CompletableFuture.completedFuture(done);
        });
    }

    /** The step that says something else of the holder. */
    Op saying(Ask changed) {
        return Op.put(key(), changed.encode()).withLease(terms.leaseId(coord().session()));
    }

    @Override
    void heard(Entry now) {
        Ask ask = Line.ask(now);
        if (now.key().equals(key())) {
            heard(ask, now.modRevision());
        }
        if (ask.releaseAsked()) {
            Async.callBack(coord(), () -> releaseAsked.complete(null));
        }
    }

    /** Answers and watches may overtake each other. */
    private void heard(Ask ask, long revision) {
        said.accumulateAndGet(new Said(ask, revision), Said::orLater);
    }

    /**
     * Hands what is held to one of those who wait. From the moment it is asked for until the answer this handle is not
     * valid: the other may hold already. If it succeeds, or if that stays unknown, this handle is lost.
     *
     * @param chosen tells who is to have it; the first in the order of turns is taken
     * @return completes with true when done, with false if there is no such waiter, or it moves by itself only; fails as
     *     {@link #update} does
     */
    public CompletableFuture<Boolean> transfer(Predicate<Place> chosen) {
        return Async.then(
                () -> coord().kv().rangeAsync(wants.get(0).everybody(), Consistency.linearizable()),
                state -> transfer(wants.get(0).line(state), chosen));
    }

    private CompletableFuture<Boolean> transfer(Line line, Predicate<Place> chosen) {
        Optional<Place> waiter = line.waiters().stream()
                .filter(place -> !place.ask().alone())
                .filter(chosen)
                .findFirst();
        if (isLost()) {
            throw fenced();
        }
        if (waiter.isEmpty()) {
            return CompletableFuture.completedFuture(false);
        }
        if (!handingOver.compareAndSet(false, true)) {
            throw new IllegalStateException(key() + " is being handed over already");
        }
        stateChanged();
        Txn move = moves.transfer(waiter.get(), fencingToken()).otherwise(Op.get(key()));
        CompletableFuture<Boolean> outcome = new CompletableFuture<>();
        Async.whenDone(settle(move), (done, failure) -> transferred(done, failure, outcome));
        return outcome;
    }

    private void transferred(@Nullable Boolean done, @Nullable Throwable failure, CompletableFuture<Boolean> outcome) {
        if (done == null) {
            if (failure instanceof FencedException) {
                lose(Loss.GONE);
            } else if (mayBeApplied(failure)) {
                lose(Loss.RELEASED);
            }
            handOverEnds();
            outcome.completeExceptionally(requireNonNull(failure));
            return;
        }
        if (done) {
            lose(Loss.GONE);
        }
        handOverEnds();
        outcome.complete(done);
    }

    private static boolean mayBeApplied(@Nullable Throwable failure) {
        return !Failures.isSurelyWithoutEffect(failure);
    }

    private void handOverEnds() {
        handingOver.set(false);
        stateChanged();
    }

    // ---- the loss

    @Override
    void letGo(Loss loss) {
        if (loss == Loss.LAPSED && !terms.lockDelay().isZero()) {
            coord().scheduler().schedule(terms.lockDelay(), () -> Async.callBack(coord(), this::remove));
            // A closed peer has no timers; it, and a closed handle, leave the lease behind.
            terms.whenNothingIsLeft(coord().session(), super::gone);
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
                () -> coord().kv().rangeAsync(wants.get(0).everybody(), Consistency.sequential()),
                (state, failure) -> removeBy(state == null ? moves::remove : () -> handOver(state)));
    }

    private Txn handOver(RangeResult state) {
        Line line = wants.get(0).line(state);
        return line.holder(id).isPresent() ? moves.handOver(line, fencingToken()) : moves.remove();
    }

    private void removeBy(Supplier<Txn> first) {
        Async.whenDone(Removal.start(coord(), first, moves::remove), (done, failure) -> gone());
    }

    @Override
    void gone() {
        terms.release();
        super.gone();
    }
}
