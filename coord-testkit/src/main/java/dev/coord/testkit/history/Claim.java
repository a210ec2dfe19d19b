package dev.coord.testkit.history;

/**
 * Something that a holder of a lock or an elected leader said. Immutable.
 *
 * @param at the place in the sequence of events; of a validity, before it was asked for
 * @param answered the place after it was said
 * @param nanos the clock at the first place
 * @param process who said it
 * @param name of which lock, election or resource
 * @param token under which token
 * @param kind what was said
 * @param untilNanos for a validity: until when at least, on the history's clock
 */
record Claim(long at, long answered, long nanos, String process, String name, long token, Kind kind, long untilNanos) {

    /** What can be said. */
    enum Kind {
        /** It was granted. */
        ACQUIRED,
        /** It was given up by its holder. */
        RELEASED,
        /** Its holder was told of the loss. */
        LOST,
        /** Its holder is certain of it, now or up to a moment. */
        VALID,
        /** A fenced resource accepted its write. */
        WRITTEN,
        /** A fenced resource refused its write. */
        REFUSED
    }
}
