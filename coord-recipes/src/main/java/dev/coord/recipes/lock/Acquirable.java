package dev.coord.recipes.lock;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.kv.Consistency;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.HoldListener;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Claim;
import dev.coord.recipes.internal.Holding;
import dev.coord.recipes.internal.Line.Place;
import dev.coord.recipes.internal.ReleaseRequest;
import dev.coord.recipes.internal.Terms;
import dev.coord.recipes.internal.Want;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Something that is acquired, in the order of requests, and then held by a handle: each kind of lock is one, and has all
 * of these forms. Immutable; safe for use by any thread.
 *
 * <p><b>Waiting.</b> Waiters stand in line in the store, and each is woken once, by the end of the one before it. A session
 * that lapses and recovers while its waiter waits keeps the place. Blocking forms wait on the calling thread; of the
 * {@code …Async} forms, dependents run on the peer's callback threads, and cancelling the future gives the request up.
 *
 * <p><b>Failures</b> of every form, all of which mean that nothing is held and nothing is left behind while the session
 * lives: {@link dev.coord.UnavailableException} if the store did not answer in the time given (forms without a time go
 * on trying), {@link dev.coord.SessionExpiredException} if the session has ended, {@link dev.coord.FencedException} if
 * someone deleted the waiter's key, {@link dev.coord.LimitExceededException}, {@link dev.coord.ClosedException}. No form
 * fails with {@link dev.coord.IndeterminateException}: what is not known is settled or given back in the background.
 *
 * @param <H> the handle
 */
public abstract class Acquirable<H extends FencedHandle> {
    private static final int MOST_NAMED = 3;

    private final Coord coord;
    private final List<Want> wants;

    Acquirable(Coord coord, List<Want> wants) {
        this.coord = requireNonNull(coord, "coord");
        this.wants = List.copyOf(wants);
    }

    /**
     * Returns the same, with a listener that is told of what is requested through it and of what becomes of that, by all forms of
     * this class.
     *
     * @param listener who is told, such as {@link LockMetrics}
     * @return the same lock
     */
    public final Acquirable<H> withListener(HoldListener listener) {
        return new Listened<>(this, listener);
    }

    /** Makes the handle of a grant. */
    abstract H handle(Holding holding);

    final Coord coord() {
        return coord;
    }

    final List<Want> wants() {
        return wants;
    }

    /** What is asked of the first queue, or the only one. */
    final Want want() {
        return wants.get(0);
    }

    /**
     * Acquires, waiting as long as it takes.
     *
     * @return what is held
     * @throws InterruptedException if interrupted; then nothing is held
     */
    public final H acquire() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.awaitHeld(coord, acquireAsync());
    }

    /**
     * Acquires or fails; for callers to whom it is an error if others hold it. Otherwise see {@link #tryAcquire(Duration)}.
     *
     * @param patience how long to wait; if not positive, it must be free
     * @return what is held
     * @throws LockTimeoutException if others held it for that long
     * @throws InterruptedException if interrupted; then nothing is held
     */
    public final H acquire(Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.awaitHeld(coord, acquireAsync(patience));
    }

    /**
     * Acquires if nobody is in the way. Does not queue; takes one write.
     *
     * @return what is held, empty if others hold it or wait for it
     * @throws InterruptedException if interrupted; then nothing is held
     */
    public final Optional<H> tryAcquire() throws InterruptedException {
        return tryAcquire(Duration.ZERO);
    }

    /**
     * Acquires if it comes free in time.
     *
     * @param patience how long to wait in the queue; if not positive, it must be free
     * @return what is held, empty if others held it for that long
     * @throws InterruptedException if interrupted; then nothing is held
     */
    public final Optional<H> tryAcquire(Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.awaitIfHeld(coord, tryAcquireAsync(patience));
    }

    /**
     * Acquires without waiting on this thread.
     *
     * @return what is held; cancel the future to leave the queue
     */
    public final CompletableFuture<H> acquireAsync() {
        return claim(null, held -> handle(held.orElseThrow()));
    }

    /**
     * Acquires, or fails, without waiting on this thread.
     *
     * @param patience how long to stay in the queue; if not positive, it must be free
     * @return what is held; fails with {@link LockTimeoutException}; cancel the future to leave the queue
     */
    public final CompletableFuture<H> acquireAsync(Duration patience) {
        requireNonNull(patience, "patience");
        return claim(patience, held -> held.map(this::handle).orElseThrow(() -> timeout(patience)));
    }

    /**
     * Acquires if it comes free in time, without waiting on this thread.
     *
     * @param patience how long to stay in the queue; if not positive, it must be free
     * @return what is held, empty if others held it for that long; cancel the future to leave the queue
     */
    public final CompletableFuture<Optional<H>> tryAcquireAsync(Duration patience) {
        return claim(requireNonNull(patience, "patience"), held -> held.map(this::handle));
    }

    /** How the claims are made. */
    Terms terms() {
        return Terms.PLAIN;
    }

    /** Makes the claim; without patience, the outcome is never empty. */
    <T> CompletableFuture<T> claim(@Nullable Duration patience, Function<Optional<Holding>, T> view) {
        return patience == null
                ? Claim.queued(coord, wants, terms(), holding -> view.apply(Optional.of(holding)))
                : Claim.queuedFor(coord, wants, terms(), patience, view);
    }

    /**
     * Asks whoever holds this at the moment to let go: see {@link LockHandle#releaseRequested()}. Nothing is taken away; a
     * holder that does not listen, or has reason to go on, goes on. Of a side of a readers-writers lock, readers and writer
     * are asked. A linearizable read, and a log entry for every 40 holders that were not asked before.
     *
     * @return whether anybody held it, and so was asked, now or before
     * @throws InterruptedException if interrupted while waiting; some may have been asked
     * @throws dev.coord.CoordException as reads and writes do; some may have been asked, and to repeat it does no harm
     */
    public final boolean requestRelease() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord, requestReleaseAsync());
    }

    /**
     * Asks whoever holds this at the moment to let go, as {@link #requestRelease()} does, without waiting.
     *
     * @return whether anybody held it, and so was asked, now or before
     */
    public final CompletableFuture<Boolean> requestReleaseAsync() {
        return ReleaseRequest.send(coord, wants);
    }

    final LockTimeoutException timeout(Duration patience) {
        String holders = wants.stream()
                .flatMap(want -> seenHolders(want).stream())
                .limit(MOST_NAMED)
                .map(place -> (place.ask().text() + " (token " + place.since() + ")").strip())
                .collect(Collectors.joining(", "));
        return new LockTimeoutException(this + " was busy for " + patience
                + (holders.isEmpty() ? "" : "; holds, as far as is known here: " + holders));
    }

    /** Those who hold by this peer's replica, which is asked without waiting. */
    private List<Place> seenHolders(Want want) {
        try {
            RangeResult seen = coord.kv()
                    .rangeAsync(RangeQuery.of(want.queue().holders()), Consistency.sequential())
                    .getNow(null);
            return seen == null ? List.of() : want.line(seen).holders();
        } catch (CoordException | CompletionException e) {
            return List.of(); // closed meanwhile, say: then it is not known
        }
    }
}
