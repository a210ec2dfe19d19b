package dev.coord.watch;

import dev.coord.kv.KeyRange;

/**
 * What to watch. Immutable; the methods return changed copies.
 *
 * @param range the keys
 * @param fromRevision the first revision to deliver, or 0 to deliver what reaches this peer's replica after the watch began:
 *     all that is committed later, and what others committed shortly before
 * @param previousValues whether events carry the entry as it was before
 * @param puts whether writes are delivered
 * @param deletes whether deletions are delivered
 * @param resync whether lost history is replaced by the current state instead of ending the watch
 */
public record WatchSpec(
        KeyRange range, long fromRevision, boolean previousValues, boolean puts, boolean deletes, boolean resync) {

    /**
     * Creates a specification.
     *
     * @throws IllegalArgumentException if the revision is negative or everything is filtered out
     */
    public WatchSpec {
        if (fromRevision < 0) {
            throw new IllegalArgumentException("negative revision " + fromRevision);
        }
        if (!puts && !deletes) {
            throw new IllegalArgumentException("a watch must deliver puts or deletes");
        }
    }

    /**
     * Returns the specification for all changes of a range from now on.
     *
     * @param range the keys
     * @return the specification
     */
    public static WatchSpec of(KeyRange range) {
        return new WatchSpec(range, 0, false, true, true, false);
    }

    /**
     * Returns the specification starting at a revision, inclusive.
     *
     * @param revision the first revision to deliver: usually one more than the last one seen
     * @return the changed specification
     */
    public WatchSpec from(long revision) {
        return new WatchSpec(range, revision, previousValues, puts, deletes, resync);
    }

    /**
     * Returns the specification with previous values in the events.
     *
     * @return the changed specification
     */
    public WatchSpec withPreviousValues() {
        return new WatchSpec(range, fromRevision, true, puts, deletes, resync);
    }

    /**
     * Returns the specification for writes alone.
     *
     * @return the changed specification
     */
    public WatchSpec putsOnly() {
        return new WatchSpec(range, fromRevision, previousValues, true, false, resync);
    }

    /**
     * Returns the specification for deletions alone.
     *
     * @return the changed specification
     */
    public WatchSpec deletesOnly() {
        return new WatchSpec(range, fromRevision, previousValues, false, true, resync);
    }

    /**
     * Returns the specification that replaces lost history by {@link WatchListener#onResync the current state}.
     *
     * @return the changed specification
     */
    public WatchSpec resyncing() {
        return new WatchSpec(range, fromRevision, previousValues, puts, deletes, true);
    }
}
