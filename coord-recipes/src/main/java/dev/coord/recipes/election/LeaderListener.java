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
     * Called first with the leader of the moment, then once for each change: another leader, none, or the same with
     * another proclamation. Changes of which this peer has lost the history are told as one.
     *
     * @param leader the elected leader, empty while there is none
     */
    void onLeader(Optional<LeaderInfo> leader);

    /**
     * Called once if the observation ends by an error, and never after {@link Observation#close()}.
     *
     * @param cause why, usually {@link dev.coord.ClosedException} as the peer was closed
     */
    default void onEnd(CoordException cause) {}
}
