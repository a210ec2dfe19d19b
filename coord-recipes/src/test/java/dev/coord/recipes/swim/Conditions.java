package dev.coord.recipes.swim;

import java.util.Locale;

/**
 * What detectors are measured under: 100 members, a round trip of 20 ms and an exponential jitter for each way with a mean of so
 * many round trips, loss of each datagram by itself; each member pauses for 1 s about every 5 minutes, and every 2 minutes one
 * crashes and starts again 90 s later.
 *
 * @param jitter mean, in round trips
 * @param loss share of datagrams
 */
record Conditions(int jitter, double loss) {
    static final int MEMBERS = 100;
    static final long SECOND = SwimWorld.SECOND;
    static final long ROUND_TRIP = 20_000_000;
    static final long PAUSE = SECOND;
    static final long BETWEEN_PAUSES = 300 * SECOND;
    static final long BETWEEN_CRASHES = 120 * SECOND;
    static final long DOWN = 90 * SECOND;

    /** In which all start and find each other; not measured. */
    static final long WARM_UP = 120 * SECOND;

    void apply(Network network) {
        network.set(ROUND_TRIP / 2, (double) jitter * ROUND_TRIP, loss);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%dx %3.0f %%", jitter, 100 * loss);
    }
}
