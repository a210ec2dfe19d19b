package dev.coord.recipes.detector;

import java.time.Duration;

/**
 * Told when the judgement of a neighbour changes. Called on the executor it was given with, one call at a time and in order; it
 * may block, which delays only what it is told next. What it throws is logged.
 */
public interface HeartbeatListener {

    /**
     * A neighbour is suspected from now on: its heartbeats fail to come, or it was restarted, so the process it was is gone.
     *
     * @param id the neighbour
     * @param incarnation the incarnation that is suspected
     */
    void suspected(String id, long incarnation);

    /**
     * A neighbour is trusted from now on: for the first time, after a suspicion that was wrong, or after a restart.
     *
     * @param id the neighbour
     * @param incarnation the incarnation that lives
     */
    void trusted(String id, long incarnation);

    /**
     * This process stood still for an interval or longer. Nobody is suspected for that time; but the others may have suspected this one.
     *
     * @param length how long, less the half interval that counts as time passed
     */
    default void paused(Duration length) {}
}
