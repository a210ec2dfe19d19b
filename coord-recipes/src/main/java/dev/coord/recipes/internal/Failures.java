package dev.coord.recipes.internal;

import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import org.jspecify.annotations.Nullable;

/** What a failure says of the operation that failed. */
public final class Failures {
    private Failures() {}

    /**
     * Tells whether an operation surely had no effect.
     *
     * @param failure of the operation, if it has failed
     * @return false if it may have had one
     */
    public static boolean isSurelyWithoutEffect(@Nullable Throwable failure) {
        return failure instanceof CoordException known && known.outcome() == Outcome.NOT_APPLIED;
    }
}
