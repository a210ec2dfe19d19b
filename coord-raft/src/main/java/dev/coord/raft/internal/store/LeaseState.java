package dev.coord.raft.internal.store;

/**
 * A lease as the store holds it. Immutable.
 *
 * @param id its id
 * @param ttlMillis its time to live
 * @param validityMillis for how long its holder relies on a keep-alive: the time to live, unless others may end it sooner
 * @param generation grows with every checkpoint
 * @param remainingMillis what a new leader grants it before it expires: the time to live, unless checkpointed lower
 * @param keys the keys attached to it
 */
public record LeaseState(
        long id,
        long ttlMillis,
        long validityMillis,
        long generation,
        long remainingMillis,
        PersistentMap<String, Boolean> keys) {

    /** Whether a checkpoint lowered what is left. */
    public boolean checkpointed() {
        return remainingMillis < ttlMillis;
    }

    /** Whether others may end it before its time, once its holder has been silent for its validity. */
    public boolean endsWhenSilent() {
        return validityMillis < ttlMillis;
    }

    LeaseState withValidity(long millis) {
        if (millis < 1 || millis >= ttlMillis) {
            throw new IllegalArgumentException("validity of " + millis + " ms of " + ttlMillis);
        }
        return new LeaseState(id, ttlMillis, millis, generation, remainingMillis, keys);
    }

    LeaseState withKeys(PersistentMap<String, Boolean> attached) {
        return new LeaseState(id, ttlMillis, validityMillis, generation, remainingMillis, attached);
    }

    LeaseState checkpoint(long millis) {
        return new LeaseState(id, ttlMillis, validityMillis, generation + 1, millis, keys);
    }
}
