package dev.coord.testkit.history;

/**
 * Something that a holder of a lock or an elected leader said. Immutable.
 *
 * @param at the place in the sequence of events
 * @param nanos the clock
 * @param process who said it
 * @param name of which lock or election; for a write, the resource
 * @param token under which token
 * @param kind what was said
 * @param untilNanos for a validity: until when at least, on the history's clock
 */
record Claim(long at, long nanos, String process, String name, long token, Kind kind, long untilNanos) {

    /** What can be said. */
    enum Kind {
        /** It holds from now on. */
        ACQUIRED,
        /** It gave up of its own will. */
        RELEASED,
        /** It was told that it lost. */
        LOST,
        /** It is certain to hold until a moment. */
        VALID,
        /** A fenced resource accepted its write. */
        WRITTEN,
        /** A fenced resource refused its write. */
        REFUSED
    }
}
