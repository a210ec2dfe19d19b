package dev.coord.raft.internal.store;

/**
 * A lease as the store holds it. Immutable.
 *
 * @param id its id
 * @param ttlMillis its time to live
 * @param generation grows with every checkpoint
 * @param remainingMillis what a new leader grants it before it expires: the time to live, unless checkpointed lower
 * @param keys the keys attached to it
 */
public record LeaseState(
        long id, long ttlMillis, long generation, long remainingMillis, PersistentMap<String, Boolean> keys) {

    /** Whether a checkpoint lowered what is left. */
    public boolean checkpointed() {
        return remainingMillis < ttlMillis;
    }

    LeaseState withKeys(PersistentMap<String, Boolean> attached) {
        return new LeaseState(id, ttlMillis, generation, remainingMillis, attached);
    }

    LeaseState checkpoint(long millis) {
        return new LeaseState(id, ttlMillis, generation + 1, millis, keys);
    }
}
