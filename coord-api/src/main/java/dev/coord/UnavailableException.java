package dev.coord;

/**
 * The operation was certainly not applied: no Raft leader could be reached before the deadline, or this peer cannot
 * serve. Issue it again when {@code Coord} is available.
 */
public final class UnavailableException extends CoordException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message what was unavailable
     */
    public UnavailableException(String message) {
        super(Outcome.NOT_APPLIED, message, null);
    }

    /**
     * Creates the error.
     *
     * @param message what was unavailable
     * @param cause why
     */
    public UnavailableException(String message, Throwable cause) {
        super(Outcome.NOT_APPLIED, message, cause);
    }
}
