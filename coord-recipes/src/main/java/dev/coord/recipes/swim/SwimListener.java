package dev.coord.recipes.swim;

/**
 * Is told of other members, one call at a time, in the order in which this member learnt of it; on the executor given with it.
 * A listener may block, and delays only what it is told itself. What it throws is left to the executor; the next call is made
 * all the same.
 */
@FunctionalInterface
public interface SwimListener {

    /**
     * Called for each event. Members differ in the order they learn of things, and one may miss what was over soon, such as a
     * suspicion.
     *
     * @param event what was learnt
     */
    void onEvent(SwimEvent event);
}
