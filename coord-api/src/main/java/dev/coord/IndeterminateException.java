package dev.coord;

/**
 * The operation was sent, and its outcome was not learnt before the deadline: perhaps it was applied, once at most.
 * Read the state (for example the key it would have written) before issuing another.
 */
public class IndeterminateException extends CoordException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message what is not known
     */
    public IndeterminateException(String message) {
        super(Outcome.UNKNOWN, message, null);
    }
}
