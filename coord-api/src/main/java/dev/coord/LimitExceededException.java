package dev.coord;

/**
 * A bound of Coord was reached, such as operations in flight or leases of a session. Nothing was appended; try again when
 * earlier operations have completed, or raise the limit.
 */
public final class LimitExceededException extends CoordException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message which limit, and its value
     */
    public LimitExceededException(String message) {
        super(Outcome.NOT_APPLIED, message, null);
    }
}
