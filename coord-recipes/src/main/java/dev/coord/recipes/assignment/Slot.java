package dev.coord.recipes.assignment;

import dev.coord.time.Scheduler.Timer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One ownership of a partition, from the claim until the store and the listener have done with it. */
final class Slot {
    final String partition;
    final CompletableFuture<Void> lapsed;
    Phase phase = Phase.CLAIMING;

    @Nullable
    PartitionOwnership ownership;

    @Nullable
    Timer timeout;

    boolean removing;
    boolean removed;
    boolean told = true;

    /** What it is about to do. */
    enum Phase {
        CLAIMING,
        OWNED,
        REVOKING,
        RELEASING
    }

    /**
     * Begins a claim.
     *
     * @param lapsed the end of the session's present stretch of validity, taken before the claim is sent
     */
    Slot(String partition, CompletableFuture<Void> lapsed) {
        this.partition = partition;
        this.lapsed = lapsed;
    }

    boolean isHeld() {
        return phase == Phase.OWNED || phase == Phase.REVOKING;
    }
}
