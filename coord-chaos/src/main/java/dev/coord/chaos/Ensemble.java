package dev.coord.chaos;

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
}
