package dev.coord.recipes.election;

import dev.coord.CoordException;
import java.util.Optional;

/**
 * Is told who leads: one call at a time, in order, on the peer's callback threads. A listener may block; it delays only
 * itself. If it throws, the error is logged and the observation goes on.
 */
@FunctionalInterface
public interface LeaderListener {

    /**
     * Called first with the leader of the moment, then once for each change: another leader, however short its term, none,
     * or the same with another proclamation. When a leader hands over, the next one is told directly. Terms never decrease.
     *
     * @param leader the elected leader, empty while there is none
     */
    void onLeader(Optional<LeaderInfo> leader);

    /**
     * Called when this peer has lost the history of some time, as when it was cut off for long: leaders that came and went
     * meanwhile, and proclamations, are not told. The next call of {@link #onLeader} follows at once if the leader is
     * another than the one told last.
     */
    default void onGap() {}

    /**
     * Called once if the observation ends by an error, and never after {@link Observation#close()}.
     *
     * @param cause why, usually {@link dev.coord.ClosedException} as the peer was closed
     */
    default void onEnd(CoordException cause) {}
}
