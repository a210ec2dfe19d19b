package dev.coord.testkit.history;

import dev.coord.CoordException;
import java.util.Locale;

/** What is known of an operation's effect. */
enum Status {
    /** It replied. */
    OK,
    /** It certainly had no effect and never will. */
    FAIL,
    /** It may have taken effect once, or may yet; an operation that has not returned counts here. */
    UNKNOWN;

    /** The status of an operation that ended by an error. */
    static Status of(Throwable error) {
        if (error instanceof CoordException known) {
            return known.outcome() == CoordException.Outcome.NOT_APPLIED ? FAIL : UNKNOWN;
        }
        // Misuse is refused before anything is sent; of an interrupt or anything unforeseen nothing is known.
        return error instanceof IllegalArgumentException ? FAIL : UNKNOWN;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
