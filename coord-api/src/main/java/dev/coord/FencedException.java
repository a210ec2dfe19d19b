package dev.coord;

/**
 * The caller no longer holds what the operation relies on: a lock, leadership or token has passed to someone else.
 * Nothing was written.
 */
public final class FencedException extends CoordException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message which claim, and what is known of its loss
     */
    public FencedException(String message) {
        super(Outcome.NOT_APPLIED, message, null);
    }
}
