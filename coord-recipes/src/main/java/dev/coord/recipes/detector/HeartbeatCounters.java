package dev.coord.recipes.detector;

import java.time.Duration;
import java.util.Map;

/**
 * What a heartbeat service has counted since its start.
 *
 * @param sent datagrams sent
 * @param unsendable datagrams not sent, because the address of the neighbour cannot be read
 * @param accepted datagrams that counted as heartbeats
 * @param refused datagrams that did not, by reason; a reason for each, zero included
 * @param pauses how often this process stood still for an interval or longer
 * @param paused for how long in all
 */
public record HeartbeatCounters(
        long sent, long unsendable, long accepted, Map<Refusal, Long> refused, long pauses, Duration paused) {

    /** Copies the map. */
    public HeartbeatCounters {
        refused = Map.copyOf(refused);
    }

    /**
     * Returns how many datagrams were refused for a reason.
     *
     * @param reason the reason
     * @return zero or more
     */
    public long refused(Refusal reason) {
        return refused.getOrDefault(reason, 0L);
    }
}
