package dev.coord.watch;

import dev.coord.CoordException;
import dev.coord.kv.RangeResult;
import java.util.List;

/**
 * Receives what a watch sees: one call at a time, in revision order, on the peer's callback threads. A listener may
 * block and may use Coord; it delays only itself. If it throws, the error is logged and the watch goes on.
 */
@FunctionalInterface
public interface WatchListener {

    /**
     * Called for each revision that changed something in the range: all of that revision's changes, once, without gap.
     *
     * @param revision the revision
     * @param events its changes in the range, in key order; not empty
     */
    void onChange(long revision, List<WatchEvent> events);

    /**
     * Called now and then while nothing in the range changes: everything up to the revision has been delivered, so a
     * new watch may start after it.
     *
     * @param revision the revision reached
     */
    default void onProgress(long revision) {}

    /**
     * Called instead of changes that were compacted before they could be delivered, if the watch asked for
     * {@link WatchSpec#resyncing()}: the whole range as it is now. Later changes follow.
     *
     * @param state the range at the revision it names
     */
    default void onResync(RangeResult state) {}

    /**
     * Called once if the watch ends by an error, and never after {@link Watch#close()}.
     *
     * @param cause {@link dev.coord.CompactedException} if history was lost and no resync was asked for,
     *     {@link dev.coord.FutureRevisionException} if the start lies in the future, {@link dev.coord.ClosedException}
     *     if the peer or handle was closed
     */
    default void onEnd(CoordException cause) {}
}
