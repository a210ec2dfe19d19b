package dev.coord;

/**
 * The revision asked for has not been committed: the Raft leader confirmed that the store is not there yet.
 */
public final class FutureRevisionException extends CoordException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param requested the revision asked for
     * @param current the latest committed revision
     */
    public FutureRevisionException(long requested, long current) {
        super(
                Outcome.NOT_APPLIED,
                "revision " + requested + " lies in the future; the latest is " + current
                        + "; pass a revision that this store has returned",
                null);
    }
}
