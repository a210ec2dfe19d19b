package dev.coord;

/**
 * The handle or its peer has been closed by this process.
 */
public final class ClosedException extends CoordException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param outcome what is known of the operation that failed
     * @param message what is closed
     */
    public ClosedException(Outcome outcome, String message) {
        super(outcome, message, null);
    }
}
