package dev.coord.chaos;

import java.util.random.RandomGenerator;

/**
 * Whom a fault is meant for. Immutable.
 *
 * @param ensemble all peers
 * @param target the peer that the schedule chose: as often the Raft leader as not
 * @param leads whether the target was the Raft leader when it was chosen
 * @param random the seed's numbers; take all chance from here
 */
public record Scene(Ensemble ensemble, PeerProcess target, boolean leads, RandomGenerator random) {}
