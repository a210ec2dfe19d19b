package dev.coord.recipes.assignment;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Is told what its participant owns: one call at a time, in order, on the peer's callback threads. A listener may block; it
 * delays only the calls of its own participant. If it throws, the error is logged and the assignment goes on.
 *
 * <p>Of a partition, {@code onAssigned} is followed by {@code onRevoking} or {@code onLost} or both, and the next
 * {@code onAssigned} of the same partition comes after they have returned. As calls wait for each other, work that must stop
 * at once at a loss hangs on {@link PartitionOwnership#lost()} rather than on {@code onLost}.
 */
public interface AssignmentListener {

    /**
     * The participant owns a partition. It may be lost already when this is called; then {@link #onLost} follows.
     *
     * @param ownership what is owned, to write under
     */
    void onAssigned(PartitionOwnership ownership);

    /**
     * The partition is to be given back, as another member is to have it or this one leaves. It is still owned, and nobody
     * else gets it, until the stage completes, in whichever way; at most for
     * {@linkplain PartitionAssignment#revokeWithin the time set}, after which it is {@linkplain #onLost lost}.
     *
     * @param ownership what is to be given back
     * @return completes when whoever works on the partition has stopped; to close the ownership does as well
     */
    default CompletionStage<?> onRevoking(PartitionOwnership ownership) {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * The partition is no longer owned though nobody here gave it back: the session lapsed, someone deleted the key, or the
     * giving back took too long.
     *
     * @param ownership what was lost
     */
    default void onLost(PartitionOwnership ownership) {}

    /**
     * The participant, being the elected leader, could not decide: the strategy threw, or gave a partition to nobody. All
     * stays as it is until members come or go.
     *
     * @param cause what the strategy threw, or an {@link IllegalStateException} that says what is wrong with its result
     */
    default void onStrategyFailed(RuntimeException cause) {}
}
