package dev.coord.recipes.internal;

import dev.coord.CoordException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Tells a claim that begins to wait whether it had better give up. */
@FunctionalInterface
public interface WaitCheck {

    /**
     * Looks at what this peer knows, which is no older than the claim's place among the waiters.
     *
     * @param claim the name of the claim in its queues
     * @return why it is to give up, empty if it may go on waiting; a failure fails the claim
     */
    CompletableFuture<Optional<CoordException>> look(String claim);
}
