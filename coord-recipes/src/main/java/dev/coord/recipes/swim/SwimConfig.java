package dev.coord.recipes.swim;

import java.time.Duration;
import java.util.Objects;

/**
 * How a member probes, suspects and gossips. All members of a group should have the same. Immutable; begin with a preset.
 *
 * @param probeInterval the protocol period: one member is probed in each (SWIM §3.1). 10 ms to 1 hour
 * @param probeTimeout how long a ping may take before others are asked to help; greater than a round trip, and less than the
 *     interval
 * @param indirectProbes how many are asked, SWIM's k; 0 to 16
 * @param suspicionMultiplier a suspicion lasts at least this times max(1, log10 N) intervals (memberlist's rule); 1 to 100
 * @param suspicionMaxFactor a suspicion that nobody else confirms lasts this times as long (Lifeguard §IV-B); 1 to 100
 * @param gossipFactor SWIM's λ: each member passes a change on λ·ln(N+1) times (§4.1); 1 to 10
 * @param gossipInterval how often changes are sent apart from probes, as long as there are any; 10 ms to 1 hour
 * @param gossipFanout to how many members each time; 0 to 16, and 0 leaves it to the probes as SWIM does
 * @param syncInterval how often all that is known is exchanged with one member (anti-entropy), and one that is dead or not yet
 *     met is called; 100 ms to 1 day
 * @param deadMemory how long the dead are remembered, and called: two halves of a group that were cut off from each other find
 *     together by themselves within this time, and by their seeds later; 1 second to 365 days
 * @param lifeguard true unless the protocol is to be that of 2002: no local health, no nacks, no confirmations, no buddy and no
 *     notice of own pauses; there to compare the two
 */
public record SwimConfig(
        Duration probeInterval,
        Duration probeTimeout,
        int indirectProbes,
        int suspicionMultiplier,
        int suspicionMaxFactor,
        int gossipFactor,
        Duration gossipInterval,
        int gossipFanout,
        Duration syncInterval,
        Duration deadMemory,
        boolean lifeguard) {

    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration HOUR = Duration.ofHours(1);

    /**
     * Creates a configuration.
     *
     * @throws IllegalArgumentException if something is out of its bounds; the message says what
     */
    public SwimConfig {
        between("probeInterval", probeInterval, SHORTEST, HOUR);
        between("probeTimeout", probeTimeout, Duration.ofMillis(1), probeInterval.minusMillis(1));
        between("indirectProbes", indirectProbes, 0, 16);
        between("suspicionMultiplier", suspicionMultiplier, 1, 100);
        between("suspicionMaxFactor", suspicionMaxFactor, 1, 100);
        between("gossipFactor", gossipFactor, 1, 10);
        between("gossipInterval", gossipInterval, SHORTEST, HOUR);
        between("gossipFanout", gossipFanout, 0, 16);
        between("syncInterval", syncInterval, Duration.ofMillis(100), Duration.ofDays(1));
        between("deadMemory", deadMemory, Duration.ofSeconds(1), Duration.ofDays(365));
    }

    /**
     * For one data centre: a crash is told everywhere within about 10 to 20 seconds.
     *
     * @return the probe interval is 1 s, its timeout 500 ms
     */
    public static SwimConfig lan() {
        return preset(Duration.ofSeconds(1), Duration.ofMillis(500), Duration.ofMillis(200), Duration.ofSeconds(30));
    }

    /**
     * For members far apart, with round trips up to a second.
     *
     * @return the probe interval is 5 s, its timeout 3 s
     */
    public static SwimConfig wan() {
        return preset(Duration.ofSeconds(5), Duration.ofSeconds(3), Duration.ofMillis(500), Duration.ofMinutes(1));
    }

    /**
     * For members on one machine, as in tests.
     *
     * @return the probe interval is 200 ms, its timeout 80 ms
     */
    public static SwimConfig local() {
        return preset(Duration.ofMillis(200), Duration.ofMillis(80), Duration.ofMillis(50), Duration.ofSeconds(5));
    }

    private static SwimConfig preset(Duration interval, Duration timeout, Duration gossip, Duration sync) {
        return new SwimConfig(interval, timeout, 3, 4, 6, 3, gossip, 3, sync, Duration.ofHours(24), true);
    }

    /**
     * Returns the same without what Lifeguard adds.
     *
     * @return SWIM as of 2002
     */
    public SwimConfig withoutLifeguard() {
        return new SwimConfig(
                probeInterval,
                probeTimeout,
                indirectProbes,
                suspicionMultiplier,
                suspicionMaxFactor,
                gossipFactor,
                gossipInterval,
                gossipFanout,
                syncInterval,
                deadMemory,
                false);
    }

    private static void between(String name, Duration value, Duration least, Duration most) {
        if (Objects.requireNonNull(value, name).compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be from " + least + " to " + most);
        }
    }

    private static void between(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be from " + least + " to " + most);
        }
    }
}
