package dev.coord.recipes.election;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.recipes.internal.Ask;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.SerialContext;
import dev.coord.recipes.internal.Teller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A candidate that is looked at: it stands in the background from {@link #start()} on, and one asks it whether it leads,
 * waits until it does, or listens. Belongs to whoever has the reference; usable from any thread, once.
 *
 * <p>It ends when it is closed, when its campaign fails, and when it loses the leadership, unless it is to
 * {@linkplain #restanding() stand again} then. A loss while the session lives, by a lapse say, is followed by the next
 * campaign at once, which is behind those who stand already; when the session has ended so has the latch.
 *
 * <p><b>What it costs</b> is what a campaign costs: see {@link LeaderElection}. Asking and listening cost nothing.
 */
public final class LeaderLatch implements AutoCloseable {
    private static final int MOST_LISTENERS = 1_000;

    private final LeaderElection election;
    private final String candidate;
    private final Coord coord;
    private final SerialContext context = new SerialContext(this::broken);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.LATENT);
    private final List<Ear> ears = new CopyOnWriteArrayList<>();
    private volatile boolean isRestanding;
    private volatile @Nullable Leadership leading;

    // The rest is touched in the context only.
    private final List<CompletableFuture<Boolean>> waiters = new ArrayList<>();
    private @Nullable CompletableFuture<Leadership> campaign;
    private boolean over;
    private boolean resigned;
    private @Nullable CoordException cause;

    private enum Phase {
        LATENT,
        STARTED,
        CLOSED
    }

    private LeaderLatch(LeaderElection election, String candidate) {
        this.election = election;
        this.candidate = candidate;
        this.coord = election.coord();
    }

    /**
     * Returns a latch that is not started.
     *
     * @param election in which it stands, and with which priority
     * @param candidate what others are to be told of it, such as its address
     * @return the latch
     * @throws IllegalArgumentException if the words are too long
     */
    public static LeaderLatch of(LeaderElection election, String candidate) {
        requireNonNull(election, "election");
        Ask.of(1, requireNonNull(candidate, "candidate"));
        return new LeaderLatch(election, candidate);
    }

    /**
     * Makes it stand again whenever it has lost the leadership, until it is closed or its session has ended.
     *
     * @return this
     * @throws IllegalStateException if it was started
     */
    public LeaderLatch restanding() {
        if (phase.get() != Phase.LATENT) {
            throw new IllegalStateException("a latch that was started; say before whether it is to stand again");
        }
        isRestanding = true;
        return this;
    }

    /**
     * Has a listener told, on the peer's callback threads.
     *
     * @param listener who is told; of the present leadership first, if it leads
     * @return this
     * @throws IllegalStateException if it was closed, or has a thousand listeners
     */
    public LeaderLatch listen(LeaderLatchListener listener) {
        return listen(listener, coord.callbacks());
    }

    /**
     * Has a listener told, on threads of one's own.
     *
     * @param listener who is told; of the present leadership first, if it leads
     * @param executor runs the calls, one at a time
     * @return this
     * @throws IllegalStateException if it was closed, or has a thousand listeners
     */
    public LeaderLatch listen(LeaderLatchListener listener, Executor executor) {
        return listen(listener, new Teller(requireNonNull(executor, "executor")));
    }

    LeaderLatch listen(LeaderLatchListener listener, Teller teller) {
        requireNonNull(listener, "listener");
        if (phase.get() == Phase.CLOSED) {
            throw new IllegalStateException("a latch that was closed has nothing to tell");
        }
        if (ears.size() >= MOST_LISTENERS) {
            throw new IllegalStateException(MOST_LISTENERS + " listeners already; tell many by one");
        }
        context.run(() -> hear(new Ear(listener, teller)));
        return this;
    }

    private void hear(Ear ear) {
        ears.add(ear);
        Leadership now = leading;
        if (now != null) {
            ear.isLeader(now);
        }
        if (over) {
            ear.end(cause);
        }
    }

    /**
     * Begins to stand. Does not wait.
     *
     * @return this
     * @throws IllegalStateException if it was started or closed before
     */
    public LeaderLatch start() {
        if (!tryStart()) {
            throw new IllegalStateException("a latch is started once; make another");
        }
        return this;
    }

    /** Begins to stand, unless it was started or closed before. */
    boolean tryStart() {
        boolean first = phase.compareAndSet(Phase.LATENT, Phase.STARTED);
        if (first) {
            context.run(this::stand);
        }
        return first;
    }

    /**
     * Tells whether it leads for certain at this moment. Local; never waits.
     *
     * @return as {@link Leadership#isValid()}; false while it does not lead
     */
    public boolean hasLeadership() {
        Leadership now = leading;
        return now != null && now.isValid();
    }

    /**
     * Returns the leadership, for its term and guard. Local; never waits.
     *
     * @return the valid leadership, empty while it does not lead
     */
    public Optional<Leadership> leadership() {
        return Optional.ofNullable(leading).filter(Leadership::isValid);
    }

    /**
     * Waits until it leads.
     *
     * @return true once it does; false if it has ended
     * @throws InterruptedException if interrupted; it goes on standing
     * @throws IllegalStateException if it was not started
     */
    public boolean await() throws InterruptedException {
        refuseIfLatent();
        return await(awaitAsync());
    }

    /**
     * Waits for a while until it leads.
     *
     * @param patience how long to wait; if not positive, it only looks
     * @return true once it does; false if it has ended, or does not lead in time
     * @throws InterruptedException if interrupted; it goes on standing
     * @throws IllegalStateException if it was not started
     */
    public boolean await(Duration patience) throws InterruptedException {
        requireNonNull(patience, "patience");
        refuseIfLatent();
        CompletableFuture<Boolean> leads = awaitAsync();
        if (leads.isDone()) {
            return leads.join();
        }
        var timeout = coord.scheduler().schedule(patience, () -> Async.callBack(coord, () -> leads.complete(false)));
        try {
            return await(leads);
        } finally {
            timeout.cancel();
        }
    }

    private void refuseIfLatent() {
        if (phase.get() == Phase.LATENT) {
            throw new IllegalStateException("a latch that was not started never leads; start it before waiting");
        }
    }

    private boolean await(CompletableFuture<Boolean> leads) throws InterruptedException {
        Async.refuseIfInterrupted();
        try {
            Async.awaitDone(coord, Async.done(leads));
        } finally {
            leads.complete(false);
        }
        return leads.join();
    }

    /**
     * Returns the moment at which it leads; may be asked before it is started.
     *
     * @return completes with true when it leads, with false if it ends before; cancel it to wait no more
     */
    public CompletableFuture<Boolean> awaitAsync() {
        CompletableFuture<Boolean> leads = new CompletableFuture<>();
        context.run(() -> {
            if (over) {
                leads.complete(false);
            } else if (hasLeadership()) {
                leads.complete(true);
            } else {
                waiters.add(leads);
                Async.whenDone(leads, (done, failure) -> context.run(() -> waiters.removeIf(one -> one == leads)));
            }
        });
        return leads;
    }

    /**
     * Returns the end of it.
     *
     * @return completes when it will not lead any more: normally if it was closed or lost the leadership, else with the
     *     {@link CoordException} that its campaign failed with
     */
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    /**
     * Resigns, or withdraws the candidate, without waiting. Safe to repeat.
     *
     * @return completes when the store has let go of the leadership; a candidate is withdrawn in the background
     */
    public CompletableFuture<Void> closeAsync() {
        phase.set(Phase.CLOSED);
        context.run(this::resign);
        return closed.copy();
    }

    /**
     * Resigns as {@link #closeAsync()} does, and waits for it as {@link Leadership#close()} does. Safe to repeat.
     */
    @Override
    public void close() {
        awaitClosed(coord, closeAsync());
    }

    /** Waits until the store has let go, or nothing that was held is valid any more. */
    static void awaitClosed(Coord coord, CompletableFuture<Void> closed) {
        CompletableFuture<Void> lapsed = coord.session().lapsed();
        try {
            Async.awaitDone(coord, Async.done(CompletableFuture.anyOf(closed, lapsed)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- in the context

    private void stand() {
        if (over) {
            return;
        }
        CompletableFuture<Leadership> mine = election.campaignAsync(candidate);
        campaign = mine;
        Async.whenDone(
                mine,
                (won, failure) -> context.run(() -> {
                    if (won == null) {
                        failed(requireNonNull(failure));
                    } else {
                        elected(won);
                    }
                }));
    }

    private void elected(Leadership won) {
        if (over) {
            Async.whenDone(won.closeAsync(), (done, failure) -> closed.complete(null));
            return;
        }
        leading = won;
        ears.forEach(ear -> ear.isLeader(won));
        List.copyOf(waiters).forEach(leads -> Async.callBack(coord, () -> leads.complete(true)));
        Async.whenDone(won.lost(), (done, failure) -> context.run(() -> lost(won)));
    }

    private void lost(Leadership won) {
        if (leading != won) {
            return;
        }
        leading = null;
        ears.forEach(Ear::notLeader);
        if (isRestanding) {
            stand();
        } else {
            end(null);
        }
    }

    private void resign() {
        if (resigned) {
            return;
        }
        resigned = true;
        Leadership won = leading;
        if (won != null) {
            leading = null;
            ears.forEach(Ear::notLeader);
            Async.whenDone(won.closeAsync(), (done, failure) -> closed.complete(null));
        } else if (over || campaign == null || campaign.cancel(false)) {
            closed.complete(null);
        } // else it is elected at this moment, and resigns when that is heard
        end(null);
    }

    private void failed(Throwable failure) {
        if (over) {
            closed.complete(null);
        } else if (failure instanceof CoordException error) {
            end(error);
        } else {
            throw new IllegalStateException(failure);
        }
    }

    private void end(@Nullable CoordException failure) {
        if (over) {
            return;
        }
        over = true;
        cause = failure;
        ears.forEach(ear -> ear.end(failure));
        List.copyOf(waiters).forEach(leads -> Async.callBack(coord, () -> leads.complete(false)));
        Async.callBack(coord, () -> {
            if (failure == null) {
                ended.complete(null);
            } else {
                ended.completeExceptionally(failure);
            }
        });
    }

    private void broken(RuntimeException e) {
        over = true;
        List.copyOf(waiters).forEach(leads -> Async.callBack(coord, () -> leads.complete(false)));
        ended.completeExceptionally(e);
    }

    private record Ear(LeaderLatchListener listener, Teller teller) {
        void isLeader(Leadership leadership) {
            teller.tell(() -> listener.isLeader(leadership));
        }

        void notLeader() {
            teller.tell(listener::notLeader);
        }

        void end(@Nullable CoordException cause) {
            if (cause != null) {
                teller.tell(() -> listener.onEnd(cause));
            }
        }
    }
}
