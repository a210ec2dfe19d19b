package dev.coord.recipes.detector;

import java.time.Duration;

/**
 * What was observed of the heartbeats of one process: how many came, how many were lost on the way, and by how much the delay
 * of those that came varies. No synchronised clocks are needed: what is constant in the delay does not show.
 *
 * @param received how many came, zero or more
 * @param lost how many did not, by the gaps in their numbers, zero or more
 * @param delayDeviation the standard deviation of the delay, from the moment a heartbeat is due to its arrival; so a sender
 *     that is late counts like a network that is slow. Zero or more, at most a day
 */
public record ArrivalObservation(long received, long lost, Duration delayDeviation) {
    /** Checks the bounds. */
    public ArrivalObservation {
        if (received < 0 || lost < 0) {
            throw new IllegalArgumentException(
                    "heartbeats are counted from zero, but received is " + received + " and lost is " + lost);
        }
        ConfigChecks.notNegative("delayDeviation", delayDeviation);
    }

    /**
     * Returns the share of lost heartbeats.
     *
     * @return 0 to 1; 0 if none was sent
     */
    public double lossRate() {
        return lost == 0 ? 0 : (double) lost / (received + lost);
    }
}
