package dev.coord.raft.internal.client;

/** A lease under the clock of this leader. Touched in the {@link LeaseKeeper}'s mailbox only. */
final class TrackedLease {
    final long id;
    final long ttlNanos;
    final long validityNanos;

    /** When it ends by its time limit. */
    long deadline;

    /** Until when its holder may take it for valid, if it is silent from now on. */
    long reliedUntil;

    boolean expiring;

    /**
     * The last generation that an entry proposed in this term names to lower what is left. While the store's is not
     * beyond it, that entry may yet take effect, even after this leader is gone.
     */
    long threatened = -1;

    TrackedLease(long id, long ttlNanos, long validityNanos) {
        this.id = id;
        this.ttlNanos = ttlNanos;
        this.validityNanos = validityNanos;
    }
}
