package dev.coord.chaos;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The peers of a run. */
public interface Ensemble {

    /**
     * Returns all peers, running or not.
     *
     * @return the peers in the order of their ids
     */
    List<PeerProcess> peers();

    /**
     * Asks the peers who leads.
     *
     * @return the Raft leader of the greatest term that a peer tells of, empty if none does
     */
    Optional<PeerProcess> leader();

    /**
     * Prepares one more peer, under an id that was never used. It is no member, and not among {@link #peers()}.
     *
     * @return the peer, not started; whoever asked for it starts it, and stops it
     * @throws IOException if there is no room for more
     */
    PeerProcess newcomer() throws IOException;
}
