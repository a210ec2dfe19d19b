package dev.coord.testkit.internal.sim;

import dev.coord.raft.internal.client.ClientLimits;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a simulation begins.
 *
 * @param peers how many peers there are
 * @param seed what everything left to chance follows from
 * @param electionTimeout how long a leader may be missing before another is elected, up to twice that
 * @param sessionTtl the time to live of shared handles' sessions
 * @param limits the bounds of the peers
 * @param lines takes the trace as text, null if nobody does
 */
public record SimSettings(
        int peers,
        long seed,
        Duration electionTimeout,
        Duration sessionTtl,
        ClientLimits limits,
        @Nullable Consumer<String> lines) {

    /** The peers' ids, in order. */
    Set<String> ids() {
        Set<String> ids = new LinkedHashSet<>();
        for (int number = 1; number <= peers; number++) {
            ids.add("n" + number);
        }
        return ids;
    }
}
