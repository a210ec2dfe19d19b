package dev.coord.testkit.workload;

import dev.coord.testkit.SimulatedCluster;
import java.time.Duration;

/**
 * A kind of use that {@link Simulation} puts a cluster to. Implementations are services with a public constructor without
 * parameters, named in {@code META-INF/services/dev.coord.testkit.workload.Workload}.
 *
 * <p>One instance serves all seeds, in several threads at once; what belongs to one seed is in its {@link Scenario}.
 */
public interface Workload {

    /**
     * Returns the name by which it is chosen.
     *
     * @return a short word, unique among the workloads on the class path
     */
    String name();

    /**
     * Begins on a cluster that has just started.
     *
     * @param cluster the cluster, for this seed only; the scenario does not close it
     * @param seed what everything random in the scenario derives from, apart from what its actions are given
     * @return the use of this cluster
     */
    Scenario begin(SimulatedCluster cluster, long seed);

    /**
     * Sets the bounds of the cluster, such as how much history it keeps.
     *
     * @param builder has its seed and number of peers already
     * @param seed what to derive from
     */
    default void prepare(SimulatedCluster.Builder builder, long seed) {}

    /**
     * Returns what a session or lease of a seed lives without a sign of life. The seed's pace follows from it: some pauses
     * end before and some after it, and with hours instead of seconds there are hours between two actions.
     *
     * @param seed the seed
     * @return seconds to days
     */
    default Duration timeToLive(long seed) {
        return Duration.ofSeconds(2);
    }

    /**
     * Tells whether every seed is to have pauses that outlast the {@linkplain #timeToLive time to live}.
     *
     * @return false unless overridden
     */
    default boolean alwaysPauses() {
        return false;
    }
}
