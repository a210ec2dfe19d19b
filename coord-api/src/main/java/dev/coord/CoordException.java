package dev.coord;

import org.jspecify.annotations.Nullable;

/**
 * The root of Coord's errors, classed by what they mean for the operation that failed.
 *
 * <p>Ordinary outcomes, such as a guard that did not hold or a lock that is busy, are return values. Misuse is an
 * {@link IllegalArgumentException} or {@link IllegalStateException}. Futures complete with these exceptions
 * themselves, not with a wrapper.
 */
public abstract class CoordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is known of the effect of the operation that failed. */
    public enum Outcome {
        /** The operation had no effect and never will. It is safe to issue it anew. */
        NOT_APPLIED,
        /** The operation may have taken effect, or may yet. Read the state before acting. */
        UNKNOWN
    }

    private final Outcome outcome;

    /**
     * Creates the error.
     *
     * @param outcome what is known of the effect
     * @param message what went wrong and what to do
     * @param cause the cause, if there is one
     */
    protected CoordException(Outcome outcome, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.outcome = outcome;
    }

    /**
     * Tells whether the operation that failed can have taken effect.
     *
     * @return what is known of the effect
     */
    public final Outcome outcome() {
        return outcome;
    }
}
