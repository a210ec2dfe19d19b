package dev.coord.recipes.internal;

import org.jspecify.annotations.Nullable;

/** What was thrown while something went on all the same: kept until that is done. Used by one thread. */
public final class Untold {
    private @Nullable Throwable first;

    /**
     * Keeps one; all but the first are suppressed by that.
     *
     * @param thrown what was thrown
     */
    public void add(Throwable thrown) {
        if (first == null) {
            first = thrown;
        } else if (first != thrown) {
            first.addSuppressed(thrown);
        }
    }

    /** Throws the first, if there is one. */
    public void rethrow() {
        if (first instanceof Error error) {
            throw error;
        }
        if (first instanceof RuntimeException exception) {
            throw exception;
        }
    }
}
