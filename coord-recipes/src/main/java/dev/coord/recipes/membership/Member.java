package dev.coord.recipes.membership;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Guard;
import dev.coord.kv.Value;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.HandleState;
import dev.coord.recipes.internal.KeptKey;
import dev.coord.recipes.internal.Presence;
import dev.coord.time.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A membership: see {@link FencedHandle} for what it promises. {@link #close()} leaves the group.
 *
 * <p>Once lost, be it that the session has lapsed, a membership stays lost. To join again is the user's choice:
 * {@code member.closeAsync()} completes when the name is free of this membership, then {@link Group#joinAsync} anew, on a
 * new handle if the session has expired.
 */
public final class Member implements FencedHandle {
    private final String name;
    private final KeptKey holding;
    private final long number;

    Member(String name, Presence.Answer.Present present) {
        this.name = name;
        this.holding = present.kept();
        this.number = present.number();
    }

    /**
     * Returns the name.
     *
     * @return as given when joining
     */
    public String name() {
        return name;
    }

    /**
     * Returns the revision at which this member joined: its {@linkplain #fencingToken() fencing token}, greater than those
     * of all former members of the same name.
     *
     * @return the revision
     */
    public long joinRevision() {
        return holding.fencingToken();
    }

    /**
     * Changes what others are told of this member. The write is guarded, so a former member cannot do it.
     *
     * @param metadata the new metadata
     * @throws InterruptedException if interrupted while waiting; perhaps written
     * @throws dev.coord.FencedException if the membership is lost
     * @throws dev.coord.CoordException as {@link dev.coord.kv.Kv} describes for writes
     * @throws IllegalArgumentException if the metadata is too large, see {@link Group#MAX_METADATA_BYTES}
     */
    public void update(Value metadata) throws InterruptedException {
        holding.await(updateAsync(metadata));
    }

    /**
     * Changes what others are told of this member, without waiting.
     *
     * @param metadata the new metadata
     * @return completes when written; fails as {@link #update} does
     * @throws IllegalArgumentException if the metadata is too large, see {@link Group#MAX_METADATA_BYTES}
     */
    public CompletableFuture<Void> updateAsync(Value metadata) {
        return holding.update(Presence.framed(number, requireNonNull(metadata, "metadata")));
    }

    /** Leaves the group: the same as {@link #close()}. */
    public void leave() {
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
    public HandleState state() {
        return holding.state();
    }

    @Override
    public void onStateChange(Consumer<HandleState> listener) {
        holding.onStateChange(listener);
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
        return "Member " + holding;
    }
}
