package dev.coord.testkit.workload;

import java.util.List;
import java.util.Map;

/**
 * The use of one cluster by a {@link Workload}. All methods are called by one thread, which must not wait in real time.
 * A method that finds a promise broken throws an {@link AssertionError}; any other exception is a failure as well.
 */
public interface Scenario {

    /**
     * Returns what may be done at random.
     *
     * @return the actions, with names that differ; asked for once
     */
    List<Action> actions();

    /**
     * Checks what must hold at any moment. Called after every action.
     */
    void check();

    /** Checks what must hold after every step of the cluster: every message, timer and callback. Must be fast. */
    default void checkStep() {}

    /**
     * Checks what must hold in the end. Called once, after the faults were ended and the cluster has made progress.
     */
    void finish();

    /**
     * Tells what was done, for the {@link Report#counts() report}. Asked for once, in the end; also after a failure.
     *
     * @return how often, by name; the counts of all seeds are added up
     */
    default Map<String, Long> counts() {
        return Map.of();
    }

    /**
     * Tells what happened, for the report of a failure.
     *
     * @return lines in order of time, the last ones before the failure if there were many; empty if the failure itself says
     *     it all
     */
    default String story() {
        return "";
    }
}
