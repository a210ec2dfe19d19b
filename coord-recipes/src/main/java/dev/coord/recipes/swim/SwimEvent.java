package dev.coord.recipes.swim;

/**
 * What was learnt of another member. Immutable.
 *
 * @param kind what happened
 * @param member the member as it is believed to be from now on
 */
public record SwimEvent(Kind kind, SwimMember member) {

    /** What happened. */
    public enum Kind {
        /** It is a member from now on: it is new, has started again, or comes back from the dead. */
        JOINED,
        /** It said something else of itself, or has moved. */
        UPDATED,
        /** Somebody got no answer from it. Not yet a reason to do without it. */
        SUSPECTED,
        /** It refuted the suspicion. */
        CLEARED,
        /** It is taken for dead, or it has started again and its former self is dead for sure. */
        FAILED,
        /** It left of its own will. */
        LEFT
    }
}
