package dev.coord.recipes.workload;

import java.util.Map;

/** The use of what is held exclusively: what must hold of it, always and in the end. */
interface ExclusiveUse {

    /** After every step. */
    void check();

    /** After every action. */
    void checkNow();

    /** Whether every observer knows how things stand. */
    boolean isEveryObserverTold();

    /** Gives everything back, as each of those who wait will at once when its turn comes. */
    void drain();

    /** Whether all who waited had their turn. */
    boolean isEveryClaimDecided();

    /** Whether the queues are empty. */
    boolean isNothingLeft();

    /** What was done, for the report. */
    default Map<String, Long> counts() {
        return Map.of();
    }

    /** When all is done. */
    default void checkInTheEnd() {}
}
