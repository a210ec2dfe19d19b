package dev.coord;

/**
 * The lease that a write names does not exist: it has expired or was revoked. Nothing was written.
 */
public final class LeaseExpiredException extends CoordException {
    private static final long serialVersionUID = 1L;

    private final long leaseId;

    /**
     * Creates the error.
     *
     * @param leaseId the lease
     */
    public LeaseExpiredException(long leaseId) {
        super(Outcome.NOT_APPLIED, "lease " + leaseId + " has ended; grant a new one", null);
        this.leaseId = leaseId;
    }

    /**
     * Returns the lease that has ended.
     *
     * @return its id
     */
    public long leaseId() {
        return leaseId;
    }
}
