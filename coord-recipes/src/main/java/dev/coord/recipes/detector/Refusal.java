package dev.coord.recipes.detector;

/** Why a datagram was no heartbeat. The checks are made in this order; the first that fails counts. */
public enum Refusal {
    /** Longer than any heartbeat. */
    OVERSIZE,
    /** Not in the form of a heartbeat: foreign, truncated, or of a wrong length. */
    MALFORMED,
    /** A heartbeat of a version that is not spoken here. */
    WRONG_VERSION,
    /** It names a sender that is not among the neighbours, or this process itself. */
    NOT_A_NEIGHBOUR,
    /** Not sealed with one of the keys for this cluster, this sender and this addressee: forged, altered or redirected. */
    FORGED,
    /** Sent by a process that has been restarted since. */
    OLD_INCARNATION,
    /** Came before, or was overtaken by a later one. */
    REPLAYED,
    /**
     * Does not answer what was sent of late, so it proves nothing about the present. The first ones after a start or a pause of
     * either side are such; it is no sign of an attack unless it lasts.
     */
    UNPROVEN
}
