package dev.coord.recipes.election;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Guard;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.HandleState;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Holding;
import dev.coord.time.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** An election that was won: see {@link FencedHandle} for what it promises. {@link #close()} resigns. */
public final class Leadership implements FencedHandle {
    private final Holding holding;
    private final LeaderElection election;

    Leadership(Holding holding, LeaderElection election) {
        this.holding = holding;
        this.election = election;
    }

    /**
     * Returns the number of this leadership: its {@linkplain #fencingToken() fencing token}.
     *
     * @return the term, greater than those of all earlier leaders
     */
    public long term() {
        return holding.fencingToken();
    }

    /**
     * Changes what observers are told of this leader. The write is guarded, so a former leader cannot do it.
     *
     * @param candidate the new text
     * @throws InterruptedException if interrupted while waiting; perhaps written
     * @throws dev.coord.FencedException if the leadership is lost
     * @throws dev.coord.CoordException as {@link dev.coord.kv.Kv} describes for writes
     */
    public void proclaim(String candidate) throws InterruptedException {
        holding.await(proclaimAsync(candidate));
    }

    /**
     * Changes what observers are told of this leader, without waiting.
     *
     * @param candidate the new text
     * @return completes when written; fails as {@link #proclaim} does
     */
    public CompletableFuture<Void> proclaimAsync(String candidate) {
        return Async.done(holding.update(ask -> ask.withText(candidate)));
    }

    /** Resigns: the same as {@link #close()}. */
    public void resign() {
        close();
    }

    /**
     * Hands the leadership to a candidate, whoever's turn it would be. In the store one step ends this leadership and begins
     * the other's: there is no moment with two leaders, nor with none. From the call on until the answer this handle is not
     * valid, as the other may lead already ({@link #state()} tells suspended); if the candidate has gone it is valid again,
     * else it is lost.
     *
     * <p>Costs a linearizable read and one log entry.
     *
     * @param candidate one of {@link LeaderElection#candidates()}
     * @return true if done, false if the candidate stands no more; then this leadership goes on
     * @throws InterruptedException if interrupted while waiting; perhaps done
     * @throws dev.coord.FencedException if the leadership is lost
     * @throws IllegalStateException if it is being handed over already
     * @throws dev.coord.IndeterminateException perhaps done; the leadership is lost in any case
     * @throws dev.coord.CoordException as {@link dev.coord.kv.Kv} describes for writes
     */
    public boolean transferTo(CandidateInfo candidate) throws InterruptedException {
        return await(transferToAsync(candidate));
    }

    /**
     * Hands the leadership to a candidate by what it says of itself, as {@link #transferTo(CandidateInfo)} does. Of several
     * that say the same, the one whose turn would come first is taken.
     *
     * @param candidate what the candidate gave to its campaign
     * @return true if done, false if nobody stands with these words; then this leadership goes on
     * @throws InterruptedException if interrupted while waiting; perhaps done
     * @throws dev.coord.CoordException as {@link #transferTo(CandidateInfo)} describes
     */
    public boolean transferTo(String candidate) throws InterruptedException {
        return await(transferToAsync(candidate));
    }

    /**
     * Hands the leadership to a candidate, without waiting.
     *
     * @param candidate one of {@link LeaderElection#candidates()}
     * @return true if done; fails as {@link #transferTo(CandidateInfo)} does
     */
    public CompletableFuture<Boolean> transferToAsync(CandidateInfo candidate) {
        requireNonNull(candidate, "candidate");
        return holding.transfer(place -> place.id().equals(candidate.id()) && place.since() == candidate.since());
    }

    /**
     * Hands the leadership to a candidate by what it says of itself, without waiting.
     *
     * @param candidate what the candidate gave to its campaign
     * @return true if done; fails as {@link #transferTo(CandidateInfo)} does
     */
    public CompletableFuture<Boolean> transferToAsync(String candidate) {
        requireNonNull(candidate, "candidate");
        return holding.transfer(place -> place.ask().text().equals(candidate));
    }

    private boolean await(CompletableFuture<Boolean> outcome) throws InterruptedException {
        holding.await(Async.done(outcome));
        return outcome.join();
    }

    /**
     * Resigns and stands again, behind all who stand with the same priority, with the words last proclaimed.
     *
     * @return the next leadership; cancel the future to withdraw. Fails as a campaign does
     */
    public CompletableFuture<Leadership> requeueAsync() {
        CompletableFuture<Leadership> next = new CompletableFuture<>();
        Async.whenDone(closeAsync(), (closed, failure) -> standAgain(next));
        return next;
    }

    private void standAgain(CompletableFuture<Leadership> next) {
        if (next.isDone()) {
            return;
        }
        CompletableFuture<Leadership> campaign =
                election.campaignAsync(holding.ask().text());
        Async.whenDone(next, (ignored, failure) -> campaign.cancel(false));
        Async.whenDone(campaign, (won, failure) -> {
            if (won == null) {
                next.completeExceptionally(requireNonNull(failure));
            } else if (!next.complete(won)) {
                Async.giveBack(won);
            }
        });
    }

    /**
     * Resigns, stands again as {@link #requeueAsync()} does, and waits until elected.
     *
     * @return the next leadership
     * @throws InterruptedException if interrupted; then the candidate is withdrawn
     * @throws dev.coord.CoordException as a campaign does
     */
    public Leadership requeue() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.awaitHeld(holding.coord(), requeueAsync());
    }

    @Override
    public boolean isValid() {
        return holding.isValid();
    }

    @Override
    public HandleState state() {
        return holding.state();
    }

    @Override
    public void onStateChange(Consumer<HandleState> listener) {
        holding.onStateChange(listener);
    }

    @Override
    public Deadline validUntil() {
        return holding.validUntil();
    }

    @Override
    public long fencingToken() {
        return holding.fencingToken();
    }

    @Override
    public Guard guard() {
        return holding.guard();
    }

    @Override
    public CompletableFuture<Void> lost() {
        return holding.lost();
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        return holding.closeAsync();
    }

    @Override
    public void close() {
        holding.close();
    }

    @Override
    public String toString() {
        return "Leadership " + holding;
    }
}
