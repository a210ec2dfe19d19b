package dev.coord;

/**
 * The history asked for is gone: it was compacted. Read the current state and go on from its revision.
 */
public final class CompactedException extends CoordException {
    private static final long serialVersionUID = 1L;

    private final long compactRevision;

    /**
     * Creates the error.
     *
     * @param requested the revision asked for
     * @param compactRevision the compaction revision: the oldest revision that can still be read
     */
    public CompactedException(long requested, long compactRevision) {
        super(
                Outcome.NOT_APPLIED,
                "revision " + requested + " is compacted; the oldest readable is " + compactRevision,
                null);
        this.compactRevision = compactRevision;
    }

    /**
     * Returns the oldest revision that can still be read. Watches can start at the one after it.
     *
     * @return the compaction revision
     */
    public long compactRevision() {
        return compactRevision;
    }
}
