package dev.coord;

/**
 * The session behind the handle has ended in the store; no further operation of this handle can take effect. Open a new
 * session. {@link #outcome()} tells about the operation that failed: {@code UNKNOWN} only for one that had been sent and
 * whose reply was lost.
 */
public final class SessionExpiredException extends CoordException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param outcome what is known of the operation that failed
     * @param message which session
     */
    public SessionExpiredException(Outcome outcome, String message) {
        super(outcome, message, null);
    }
}
