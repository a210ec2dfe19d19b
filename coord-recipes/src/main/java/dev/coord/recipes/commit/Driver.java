package dev.coord.recipes.commit;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Leads one transaction to its end. */
interface Driver {

    /** The transaction. */
    String id();

    /** Begins, or goes on with what was taken over. */
    void start();

    /** Told that somebody wrote the owner's key, which may have been this one itself. */
    void ownerIs(long token);

    /** Told that the session has ended, so that others take the record over. */
    void sessionEnded();

    /** Tells whether nobody knows yet what becomes of it. */
    boolean isUndecided();

    /** Stops, since the coordinator is closed; completes when others can take the record over. */
    CompletableFuture<Void> close();

    /** Who has still to be told, by name. */
    List<String> pending();

    /** What the last call failed with that has to be made again, if one did. */
    @Nullable
    String trouble();
}
