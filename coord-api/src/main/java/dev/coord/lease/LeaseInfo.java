package dev.coord.lease;

import java.time.Duration;
import java.util.List;

/**
 * A lease as the store knows it. Immutable.
 *
 * @param id the lease
 * @param ttl its time to live
 * @param keys the keys attached to it, in key order
 */
public record LeaseInfo(long id, Duration ttl, List<String> keys) {

    /** Creates the description. */
    public LeaseInfo {
        keys = List.copyOf(keys);
    }
}
