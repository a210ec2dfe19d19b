package dev.coord.recipes.mirror;

import static java.util.Objects.requireNonNull;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.LimitExceededException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.recipes.Codec;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.mirror.MirrorSubscription.Notice;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A local, decoded, ordered copy of a range of keys, kept up to date by a watch. Usable from any thread.
 *
 * <p><b>What it promises.</b> Every {@link #snapshot()} is the state of the range at one revision, never half of one, and
 * snapshots never go back. The first is of the revision that one read finds (linearizable, unless another consistency is
 * {@linkplain KeyMirrorBuilder#startingFrom asked for}); from then on the mirror follows this peer's replica: in order, without gap,
 * perhaps late. To see a write made elsewhere, pass its revision to {@link #awaitRevision}. If the mirror lags so far
 * behind that the history it needs was compacted, it starts anew from the state, and {@linkplain MirrorListener#onResync
 * says so}. A mirror survives changes of the Raft leader, partitions and the end of its session; it ends when it or the
 * handle is closed, or the peer crashes, and then keeps its last snapshot.
 *
 * <p><b>Undecodable values</b> never stop a mirror: their keys are left out, listeners are told, and
 * {@link MirrorSnapshot#leftOut()} lists them.
 *
 * <p><b>What it costs.</b> One read and one watch; no log entries; no messages but those of a linearizable first read. A
 * snapshot costs a volatile read. A changed key costs about log n small objects, as snapshots share what did not change; an
 * entry's bytes are shared with the peer's replica, so the mirror's own memory is the decoded values and some 100 bytes a
 * key. A resync costs n steps, but decodes only what has changed. Each listener holds on to at most its
 * {@linkplain KeyMirrorBuilder#backlog backlog} of revisions.
 *
 * <p><b>Threads.</b> Values are decoded on the peer's callback threads, one revision at a time, and before any listener is
 * told: a slow codec delays the mirror, a slow listener only itself.
 *
 * @param <V> the values
 */
public final class KeyMirror<V> implements AutoCloseable {
    private static final Duration RETRY = Duration.ofMillis(100);

    private final Coord coord;
    private final KeyRange range;
    private final Codec<V> codec;
    private final Consistency consistency;
    private final int backlog;
    private final AtomicReference<MirrorState<V>> state = new AtomicReference<>(MirrorState.initial());
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicBoolean ending = new AtomicBoolean();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    /** Completes when the mirror is closed or has ended, and {@link #failure()} says why. */
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    private volatile @Nullable Watch watch;

    KeyMirror(KeyMirrorBuilder<V> builder) {
        coord = builder.coord;
        range = builder.range;
        codec = builder.codec;
        consistency = builder.consistency;
        backlog = builder.backlog;
    }

    /**
     * Describes a mirror.
     *
     * @param <V> the values
     * @param coord the handle whose peer is to be followed
     * @param range the keys; bounded by the memory of this process only, as the peer's replica is
     * @param codec decodes the values
     * @return a builder with the usual settings
     */
    public static <V> KeyMirrorBuilder<V> of(Coord coord, KeyRange range, Codec<V> codec) {
        return new KeyMirrorBuilder<>(coord, range, codec);
    }

    // ---- reading

    /**
     * Returns a signal for the first state.
     *
     * @return completes when {@link #snapshot()} may be called; fails with the {@link CoordException} that ended the mirror
     *     before, {@link ClosedException} if it was closed. While no Raft leader can be confirmed for a linearizable first
     *     read, neither happens
     */
    public CompletableFuture<Void> ready() {
        return Async.map(ready, done -> null);
    }

    /**
     * Waits for the first state.
     *
     * @return this mirror, ready
     * @throws InterruptedException if interrupted while waiting; the mirror goes on
     * @throws CoordException as {@link #ready()} fails
     */
    public KeyMirror<V> awaitReady() throws InterruptedException {
        Async.refuseIfInterrupted();
        Async.awaitDone(coord, ready());
        return this;
    }

    /**
     * Returns the newest state. Local; never waits.
     *
     * @return the state, the last one once the mirror has ended
     * @throws IllegalStateException if there is none yet
     */
    public MirrorSnapshot<V> snapshot() {
        Watch running = watch;
        MirrorSnapshot<V> newest = now().snapshot();
        if (newest == null) {
            throw new IllegalStateException("the mirror of " + range + " is not ready; wait for ready() first");
        }
        // In a range where nothing changes no event tells how far the watch has come.
        long delivered = running == null ? 0 : running.deliveredRevision();
        return delivered > newest.revision() ? reached(delivered) : newest;
    }

    private MirrorState<V> now() {
        return requireNonNull(state.get());
    }

    /** Notes that everything up to a revision was delivered. */
    private MirrorSnapshot<V> reached(long revision) {
        return requireNonNull(state.updateAndGet(now -> now.reached(revision)).snapshot());
    }

    /**
     * Returns a value of the newest state. Local; never waits.
     *
     * @param key the key
     * @return its value, empty if the key is absent or left out
     * @throws IllegalStateException if there is no state yet
     */
    public Optional<V> get(String key) {
        return snapshot().get(key);
    }

    /**
     * Returns how far this mirror has come. Local; never waits.
     *
     * @return the revision of {@link #snapshot()}, which also grows where nothing in the range changes
     * @throws IllegalStateException if there is no state yet
     */
    public long revision() {
        return snapshot().revision();
    }

    /**
     * Returns why this mirror has ended.
     *
     * @return the error, empty while it runs; {@link ClosedException} if it was closed
     */
    public Optional<CoordException> failure() {
        return Optional.ofNullable(now().end());
    }

    // ---- waiting

    /**
     * Waits until this mirror has caught up with a write, at most 10 s: reads that follow see it.
     *
     * @param revision the revision of the write
     * @return the newest state, of that revision or a later one
     * @throws InterruptedException if interrupted while waiting
     * @throws UnavailableException if it does not come in time
     * @throws CoordException why the mirror has ended, if it has
     * @throws IllegalArgumentException if the revision is negative
     */
    public MirrorSnapshot<V> awaitRevision(long revision) throws InterruptedException {
        return awaitRevision(revision, CatchUp.USUAL);
    }

    /**
     * Waits until this mirror has caught up with a write.
     *
     * @param revision the revision of the write
     * @param patience how long to wait; positive
     * @return the newest state, of that revision or a later one
     * @throws InterruptedException if interrupted while waiting
     * @throws CoordException as {@link #awaitRevision(long)}
     * @throws IllegalArgumentException if the revision is negative or the patience not positive
     */
    public MirrorSnapshot<V> awaitRevision(long revision, Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord, awaitRevisionAsync(revision, patience));
    }

    /**
     * Tells when this mirror has caught up with a write, for at most 10 s.
     *
     * @param revision the revision of the write
     * @return the newest state then, of that revision or a later one; fails as {@link #awaitRevision(long)} does
     * @throws IllegalArgumentException if the revision is negative
     */
    public CompletableFuture<MirrorSnapshot<V>> awaitRevisionAsync(long revision) {
        return awaitRevisionAsync(revision, CatchUp.USUAL);
    }

    /**
     * Tells when this mirror has caught up with a write.
     *
     * @param revision the revision of the write
     * @param patience how long to wait; positive
     * @return the newest state then, of that revision or a later one; fails as {@link #awaitRevision(long)} does
     * @throws IllegalArgumentException if the revision is negative or the patience not positive
     */
    public CompletableFuture<MirrorSnapshot<V>> awaitRevisionAsync(long revision, Duration patience) {
        return CatchUp.start(this, coord, revision, patience);
    }

    /** The newest state if it has come that far. */
    @Nullable
    MirrorSnapshot<V> snapshotFrom(long revision) {
        if (now().snapshot() == null) {
            return null;
        }
        MirrorSnapshot<V> newest = snapshot();
        return newest.revision() >= revision ? newest : null;
    }

    CompletableFuture<Void> over() {
        return over;
    }

    // ---- listeners

    /**
     * Adds a listener that is told on the peer's callback threads. Does not wait.
     *
     * @param listener who is told, first of the state, as soon as there is one
     * @return to close when done
     * @throws IllegalStateException if there are too many listeners, {@value MirrorState#MAX_LISTENERS}
     */
    public MirrorSubscription<V> listen(MirrorListener<V> listener) {
        return listen(listener, coord.callbacks());
    }

    /**
     * Adds a listener. Does not wait.
     *
     * @param listener who is told, first of the state, as soon as there is one
     * @param executor runs the calls; it may have many threads, for the next task is given to it when the last has ended.
     *     Should it refuse one, the listener is told no more
     * @return to close when done
     * @throws IllegalStateException if there are too many listeners, {@value MirrorState#MAX_LISTENERS}
     */
    public MirrorSubscription<V> listen(MirrorListener<V> listener, Executor executor) {
        requireNonNull(listener, "listener");
        requireNonNull(executor, "executor");
        while (true) {
            MirrorState<V> before = now();
            MirrorSubscription<V> added = new MirrorSubscription<>(listener, executor, backlog, this::forget);
            boolean toBegin = prime(added, before);
            if (state.compareAndSet(before, before.with(added))) {
                if (toBegin) {
                    added.begin();
                }
                return added;
            }
        }
    }

    private static <V> boolean prime(MirrorSubscription<V> added, MirrorState<V> at) {
        MirrorSnapshot<V> newest = at.snapshot();
        CoordException end = at.end();
        if (at.closed()) {
            added.silence();
            return false;
        }
        if (newest != null) {
            added.prime(new Notice.State<>(newest, null));
        }
        if (end != null) {
            added.prime(new Notice.End<>(end));
        }
        return newest != null || end != null;
    }

    private void forget(MirrorSubscription<V> closed) {
        MirrorState<V> ignored = state.updateAndGet(now -> now.without(closed));
    }

    // ---- following the store

    KeyMirror<V> start() {
        read();
        // A peer that was closed has no timers to retry by: it is asked once more, and then says that it is closed.
        Async.onSignal(
                coord.session().expired(), CompletableFuture.anyOf(ready, over).thenAccept(x -> {}), this::read);
        return this;
    }

    private void read() {
        Async.run(
                () -> coord.kv().rangeAsync(RangeQuery.of(range), consistency),
                (found, failure) -> Async.callBack(coord, () -> begin(found, failure)));
    }

    private void begin(@Nullable RangeResult found, @Nullable Throwable failure) {
        if (ending.get() || begun.get()) {
            return;
        }
        if (found == null && (failure instanceof UnavailableException || failure instanceof LimitExceededException)) {
            coord.scheduler().schedule(RETRY, () -> Async.callBack(coord, this::read));
        } else if (found == null) {
            end(asCoordException(requireNonNull(failure)));
        } else if (begun.compareAndSet(false, true)) {
            MirrorSnapshot<V> first = MirrorSnapshot.of(found, codec);
            publish(first, new Notice.State<>(first, null));
            watchFrom(found.revision() + 1);
        }
    }

    private void watchFrom(long revision) {
        try {
            WatchSpec spec = WatchSpec.of(range).from(revision).resyncing();
            Watch started = coord.watch(spec, new MirrorFeed<>(this, codec));
            watch = started;
            if (ending.get()) {
                started.close();
            } else {
                ready.complete(null);
            }
        } catch (CoordException e) {
            end(e);
        }
    }

    private CoordException asCoordException(Throwable failure) {
        return failure instanceof CoordException error
                ? error
                : new UnavailableException("the mirror of " + range + " cannot be read", failure);
    }

    /** The newest state, for the feed. */
    MirrorSnapshot<V> current() {
        return requireNonNull(now().snapshot());
    }

    /** Makes a state the newest, and tells of it. Called by one thread at a time. */
    void publish(MirrorSnapshot<V> next, Notice<V> notice) {
        state.updateAndGet(now -> now.with(next)).listeners().forEach(listener -> listener.tell(notice));
    }

    /** Notes that everything up to a revision was delivered. */
    void progressed(long revision) {
        MirrorSnapshot<V> ignored = reached(revision);
    }

    /** Ends by an error. */
    void end(CoordException cause) {
        if (ending.compareAndSet(false, true)) {
            MirrorState<V> ended = state.updateAndGet(now -> now.ended(cause));
            stopWatch();
            over.complete(null);
            ready.completeExceptionally(cause);
            ended.listeners().forEach(listener -> listener.tell(new Notice.End<>(cause)));
        }
    }

    /**
     * Ends the mirror and its listeners. Does not wait; calls of listeners in progress are allowed to finish, and none
     * follows them. {@link #snapshot()} goes on returning the last state. Safe to repeat.
     */
    @Override
    public void close() {
        if (ending.compareAndSet(false, true)) {
            ClosedException cause = new ClosedException(Outcome.NOT_APPLIED, "the mirror of " + range + " is closed");
            MirrorState<V> closed = state.updateAndGet(now -> now.closed(cause));
            stopWatch();
            over.complete(null);
            closed.listeners().forEach(MirrorSubscription::silence);
            Async.callBack(coord, () -> ready.completeExceptionally(cause));
        } else {
            now().listeners().forEach(MirrorSubscription::silence);
        }
    }

    private void stopWatch() {
        Watch running = watch;
        if (running != null) {
            running.close();
        }
    }

    @Override
    public String toString() {
        return "KeyMirror(" + range + ", " + now() + ")";
    }
}
