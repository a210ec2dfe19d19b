package dev.coord.recipes.election;

import dev.coord.kv.Guard;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Holding;
import dev.coord.time.Deadline;
import java.util.concurrent.CompletableFuture;

/** An election that was won: see {@link FencedHandle} for what it promises. {@link #close()} resigns. */
public final class Leadership implements FencedHandle {
    private final Holding holding;

    Leadership(Holding holding) {
        this.holding = holding;
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

    @Override
    public boolean isValid() {
        return holding.isValid();
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
