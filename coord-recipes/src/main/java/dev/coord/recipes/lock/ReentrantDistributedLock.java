package dev.coord.recipes.lock;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.UnavailableException;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.lock.OwnerTurn.Attempt;
import dev.coord.time.Deadline;
import dev.coord.time.Scheduler.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DistributedLock} that its owner may acquire again: each acquisition returns a handle of its own, and the lock is
 * released when the last of them is closed. The owner is a name, such as that of a request or a transaction, and no thread:
 * handles go where they are needed. Safe for use by any thread.
 *
 * <p><b>What is counted.</b> The handles that were acquired through <em>this object</em>, in this process: share it. Another
 * object of the same path, here or elsewhere, is a competitor to whom the owner's name says nothing; there an owner waits
 * for itself. Requests of one owner that wait at the same time share one place in the queue.
 *
 * <p><b>Loss.</b> All handles of an owner are lost together, when the session's validity lapses or the key is deleted. After
 * that the owner cannot acquire again before it has closed all of them: the attempt fails with
 * {@link dev.coord.FencedException}. Else code deep inside would go on under a new grant while what called it believes in the
 * old one (as with Curator's mutex, which does not even look). With the last lost handle closed, the next request claims the
 * lock anew, with a greater token.
 *
 * <p><b>Waiting, failures</b> as of {@link DistributedLock}, apart from this: where the store cannot be reached, a request
 * with a time limit ends with {@link dev.coord.UnavailableException} only if the session is no longer valid by then, and else
 * as if the lock had been busy. Every form may fail with {@link dev.coord.FencedException} as said above, and with
 * {@link dev.coord.LimitExceededException} beyond {@value #MAX_HOLDS} handles and requests of one owner.
 *
 * <p><b>Costs.</b> The first acquisition and the last release cost what those of a {@link DistributedLock} do; what is between
 * them costs nothing but memory.
 */
public final class ReentrantDistributedLock {
    /** How many handles and requests an owner may have at a time. */
    public static final int MAX_HOLDS = 65_535;

    private final DistributedLock lock;
    private final Coord coord;
    /** Held for moments; nothing is called under it that waits or that is the user's. */
    private final ReentrantLock mutex = new ReentrantLock();

    private final Map<String, OwnerTurn> turns = new HashMap<>();

    private ReentrantDistributedLock(DistributedLock lock) {
        this.lock = lock;
        this.coord = lock.coord();
    }

    /**
     * Returns a reentrant lock of this name. Does not touch the store.
     *
     * @param coord the handle whose session is to hold the lock
     * @param path the lock's name
     * @return the lock; those who are to share their owners' handles must share it
     * @throws IllegalArgumentException as {@link DistributedLock#on} does
     */
    public static ReentrantDistributedLock on(Coord coord, String path) {
        return of(DistributedLock.on(coord, path));
    }

    /**
     * Returns a reentrant lock over another, with its holder's text and its detection of deadlocks.
     *
     * @param lock what is acquired once for each owner; its own owner is replaced by that of the request
     * @return the lock; those who are to share their owners' handles must share it
     */
    public static ReentrantDistributedLock of(DistributedLock lock) {
        return new ReentrantDistributedLock(requireNonNull(lock, "lock"));
    }

    /**
     * Acquires the lock for an owner, waiting as long as it takes; at once if the owner holds it.
     *
     * @param owner on whose behalf; not empty
     * @return a handle of its own
     * @throws InterruptedException if interrupted; then no handle is open
     */
    public ReentrantLockHandle acquire(String owner) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.awaitHeld(coord, acquireAsync(owner));
    }

    /**
     * Acquires the lock for an owner or fails.
     *
     * @param owner on whose behalf; not empty
     * @param patience how long to wait; if not positive, the lock must be free or the owner's
     * @return a handle of its own
     * @throws LockTimeoutException if others held it for that long
     * @throws InterruptedException if interrupted; then no handle is open
     */
    public ReentrantLockHandle acquire(String owner, Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.awaitHeld(coord, acquireAsync(owner, patience));
    }

    /**
     * Acquires the lock for an owner if it is free or the owner's.
     *
     * @param owner on whose behalf; not empty
     * @return a handle of its own, empty if others hold the lock or anybody waits for it
     * @throws InterruptedException if interrupted; then no handle is open
     */
    public Optional<ReentrantLockHandle> tryAcquire(String owner) throws InterruptedException {
        return tryAcquire(owner, Duration.ZERO);
    }

    /**
     * Acquires the lock for an owner if it is the owner's or comes free in time.
     *
     * @param owner on whose behalf; not empty
     * @param patience how long to wait; if not positive, the lock must be free or the owner's
     * @return a handle of its own, empty if others held the lock for that long
     * @throws InterruptedException if interrupted; then no handle is open
     */
    public Optional<ReentrantLockHandle> tryAcquire(String owner, Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.awaitIfHeld(coord, tryAcquireAsync(owner, patience));
    }

    /**
     * Acquires the lock for an owner without waiting on this thread.
     *
     * @param owner on whose behalf; not empty
     * @return a handle of its own; cancel the future to give the request up
     */
    public CompletableFuture<ReentrantLockHandle> acquireAsync(String owner) {
        return request(owner, null, Optional::orElseThrow);
    }

    /**
     * Acquires the lock for an owner, or fails, without waiting on this thread.
     *
     * @param owner on whose behalf; not empty
     * @param patience how long to wait; if not positive, the lock must be free or the owner's
     * @return a handle of its own; fails with {@link LockTimeoutException}; cancel the future to give the request up
     */
    public CompletableFuture<ReentrantLockHandle> acquireAsync(String owner, Duration patience) {
        return request(owner, requireNonNull(patience, "patience"), held -> lock.orTimeout(held, patience));
    }

    /**
     * Acquires the lock for an owner if it is the owner's or comes free in time, without waiting on this thread.
     *
     * @param owner on whose behalf; not empty
     * @param patience how long to wait; if not positive, the lock must be free or the owner's
     * @return a handle of its own, empty if others held the lock for that long; cancel the future to give the request up
     */
    public CompletableFuture<Optional<ReentrantLockHandle>> tryAcquireAsync(String owner, Duration patience) {
        return request(owner, requireNonNull(patience, "patience"), Function.identity());
    }

    /**
     * Tells how many handles of an owner are open here. Local; never waits.
     *
     * @param owner the owner
     * @return 0 or more; lost handles count until they are closed
     */
    public int holdCount(String owner) {
        requireNonNull(owner, "owner");
        return locked(() -> {
            OwnerTurn turn = turns.get(owner);
            return turn == null ? 0 : turn.count();
        });
    }

    private <T> T locked(Supplier<T> action) {
        mutex.lock();
        try {
            return action.get();
        } finally {
            mutex.unlock();
        }
    }

    private <T> CompletableFuture<T> request(
            String owner, @Nullable Duration patience, Function<Optional<ReentrantLockHandle>, T> view) {
        DistributedLock owned = lock.withOwner(owner); // refuses improper names
        boolean patient = patience == null || !(patience.isZero() || patience.isNegative());
        OwnerRequest<T> request = new OwnerRequest<>(patient, view, new CompletableFuture<>());
        Admission admission = locked(() -> admit(owner, request));
        OwnerTurn turn = admission.turn();
        if (!request.result().isDone()) {
            Timer timer = patient && patience != null ? expireAfter(patience, request) : () -> {};
            Async.run(request::result, (result, failure) -> {
                timer.cancel();
                withdraw(turn, request);
            });
        }
        begin(turn, admission.begun(), owned);
        return request.result();
    }

    /** Where a request has gone, and the claim that is to be begun for it. */
    private record Admission(OwnerTurn turn, @Nullable Attempt begun) {}

    private Admission admit(String owner, OwnerRequest<?> request) {
        OwnerTurn turn = turns.computeIfAbsent(owner, OwnerTurn::new);
        Attempt begun = turn.admit(request);
        forgetIdle(turn);
        return new Admission(turn, begun);
    }

    private void forgetIdle(OwnerTurn turn) {
        if (turn.isIdle()) {
            turns.remove(turn.owner(), turn);
        }
    }

    private Timer expireAfter(Duration patience, OwnerRequest<?> request) {
        return coord.scheduler().schedule(patience, () -> Async.callBack(coord, () -> expire(request)));
    }

    private void expire(OwnerRequest<?> request) {
        if (coord.session().isValid()) {
            request.settle(Optional.empty());
        } else {
            request.fail(new UnavailableException("no answer from the store in time for " + lock));
        }
    }

    /** Nobody waits for this answer any more. */
    private void withdraw(OwnerTurn turn, OwnerRequest<?> request) {
        CompletableFuture<Optional<LockHandle>> unwanted = locked(() -> {
            CompletableFuture<Optional<LockHandle>> claim = turn.withdraw(request);
            forgetIdle(turn);
            return claim;
        });
        if (unwanted != null) {
            unwanted.cancel(false);
        }
    }

    private void begin(OwnerTurn turn, @Nullable Attempt attempt, DistributedLock owned) {
        if (attempt == null) {
            return;
        }
        CompletableFuture<Optional<LockHandle>> claim =
                attempt.isPatient() ? owned.claim() : owned.tryAcquireAsync(Duration.ZERO);
        boolean wanted = locked(() -> turn.began(attempt, claim));
        Async.run(() -> claim, (granted, failure) -> {
            if (failure == null) {
                decided(turn, attempt, owned, requireNonNull(granted));
            } else {
                locked(() -> ended(turn, attempt)).forEach(request -> request.fail(failure));
            }
        });
        if (!wanted) {
            claim.cancel(false);
        }
    }

    private void decided(OwnerTurn turn, Attempt attempt, DistributedLock owned, Optional<LockHandle> granted) {
        if (granted.isPresent()) {
            granted(turn, attempt, granted.get());
        } else {
            busy(turn, attempt, owned);
        }
    }

    private List<OwnerRequest<?>> ended(OwnerTurn turn, Attempt attempt) {
        List<OwnerRequest<?>> requests = turn.ends(attempt) ? turn.takeAll() : List.of();
        forgetIdle(turn);
        return requests;
    }

    private void granted(OwnerTurn turn, Attempt attempt, LockHandle handle) {
        OwnerGrant grant = new OwnerGrant(this, turn.owner(), handle);
        List<Runnable> answers = locked(() -> {
            List<Runnable> all = new ArrayList<>();
            for (OwnerRequest<?> request : turn.ends(attempt) ? turn.takeAll() : List.<OwnerRequest<?>>of()) {
                ReentrantLockHandle one = grant.newHandle();
                all.add(() -> request.settle(Optional.of(one)));
                turn.granted(grant);
            }
            forgetIdle(turn);
            return all;
        });
        if (answers.isEmpty()) {
            CompletableFuture<Void> ignored = handle.closeAsync(); // given up at the moment of the grant
        } else {
            Async.run(handle::lost, (lost, never) -> locked(grant::handles).forEach(ReentrantLockHandle::signalLoss));
            answers.forEach(Runnable::run);
        }
    }

    /** The lock was not free: those who do not wait have their answer, the others claim anew. */
    private void busy(OwnerTurn turn, Attempt attempt, DistributedLock owned) {
        List<OwnerRequest<?>> answered = new ArrayList<>();
        Attempt next = locked(() -> {
            Attempt begun = turn.ends(attempt) ? turn.takeImpatient(answered) : null;
            forgetIdle(turn);
            return begun;
        });
        answered.forEach(request -> request.settle(Optional.empty()));
        begin(turn, next, owned);
    }

    Coord coord() {
        return coord;
    }

    Deadline now() {
        return Deadline.after(coord.ticker(), Duration.ZERO);
    }

    /** A handle was closed, for the first time. */
    void closed(OwnerGrant grant, ReentrantLockHandle handle, CompletableFuture<Void> released) {
        boolean last = locked(() -> grant.remove(handle));
        Async.callBack(coord, handle::signalLoss);
        if (!last) {
            released.complete(null);
            return;
        }
        Async.run(() -> grant.lock().closeAsync(), (done, failure) -> released.complete(null));
        // Only now: the next claim is behind the release, in the order of the session, and does not meet it.
        Admission next = locked(() -> {
            OwnerTurn turn = requireNonNull(turns.get(grant.owner()));
            Attempt begun = turn.released();
            forgetIdle(turn);
            return new Admission(turn, begun);
        });
        begin(next.turn(), next.begun(), lock.withOwner(grant.owner()));
    }

    @Override
    public String toString() {
        return "Reentrant" + lock;
    }
}
