package dev.coord.examples.threephase;

import java.time.Duration;

/**
 * How long processes wait. Three-phase commit is right only if these are: if whoever has not answered has crashed, and if of one that
 * is silent nothing is on its way any more.
 *
 * @param answer for an answer: longer than there and back
 * @param silence in doubt, for a word of whoever is in charge: longer than that one waits for answers, and a message on top
 */
record Bounds(Duration answer, Duration silence) {

    /** The bounds that follow from how long a message is on its way at most. */
    static Bounds of(Duration longestDelay) {
        return new Bounds(longestDelay.multipliedBy(4), longestDelay.multipliedBy(12));
    }
}
