package dev.coord.raft.internal.transport;

/**
 * Why a connection, or an attempt to make one, came to its end.
 *
 * @param reason in words that name the peer
 * @param byRemote the other side closed or reset it
 * @param refused nobody listens there
 * @param warn somebody has to mend the configuration
 */
record Ending(String reason, boolean byRemote, boolean refused, boolean warn) {

    static Ending byRemote(String reason) {
        return new Ending(reason, true, false, false);
    }

    static Ending byUs(String reason) {
        return new Ending(reason, false, false, false);
    }

    static Ending refused(String reason) {
        return new Ending(reason, false, true, false);
    }

    static Ending misconfigured(String reason) {
        return new Ending(reason, false, false, true);
    }
}
