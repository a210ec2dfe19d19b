package dev.coord.recipes;

import java.time.Duration;

/**
 * Told of requests for something held, such as a lock or a leadership, and of what becomes of them, at the peer that makes them:
 * for figures and logs. Called on the peer's callback threads, one call at a time and in order; a listener that blocks delays only
 * itself, and what it throws goes to those threads' handler. Each request ends in one of granted, busy and failed, and each
 * grant in one of released and lost.
 */
public interface HoldListener {

    /** A request was made. */
    default void onRequested() {}

    /**
     * A request was granted.
     *
     * @param waited how long after it was made
     */
    default void onGranted(Duration waited) {}

    /**
     * Others held it for as long as the request was to wait.
     *
     * @param waited how long after it was made
     */
    default void onBusy(Duration waited) {}

    /**
     * A request failed or was given up.
     *
     * @param waited how long after it was made
     * @param failure why; a {@link java.util.concurrent.CancellationException} if the caller gave it up
     */
    default void onFailed(Duration waited, Throwable failure) {}

    /**
     * What was granted was given back or handed over, or its {@link dev.coord.Coord} was closed.
     *
     * @param held for how long it was held
     */
    default void onReleased(Duration held) {}

    /**
     * What was granted was lost: the session lapsed, or somebody deleted its key.
     *
     * @param held for how long it was held
     */
    default void onLost(Duration held) {}
}
