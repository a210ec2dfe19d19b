package dev.coord.recipes.membership;

import dev.coord.CoordException;
import java.util.List;

/**
 * Is told of the views of a group, in order; one call at a time, on the executor that was given with the listener or else
 * on the peer's callback threads. A listener may block; it delays only itself, and one that lags more than 1,000 views
 * behind is told of a {@linkplain #onGap gap}. If it throws, the error is logged and the observation goes on.
 */
@FunctionalInterface
public interface GroupListener {

    /**
     * Called first with the present view, in which everybody has joined, then for each later one. Every observer of the
     * group, at whichever peer, is told the same views by the same numbers with the same events, from its first view on.
     *
     * @param view who is a member now
     * @param events what led to it, in the order of names; empty only in the first view of an empty group
     */
    void onView(GroupView view, List<GroupEvent> events);

    /**
     * Called instead of views that were missed: the peer lagged behind what the store keeps of the past, or this listener
     * too far behind the peer.
     *
     * @param before the last view that was told
     * @param now the present view; those after it follow
     */
    default void onGap(GroupView before, GroupView now) {
        List<GroupEvent> net = now.eventsSince(before);
        if (!net.isEmpty()) {
            onView(now, net);
        }
    }

    /**
     * Called once if the observation ends by an error, and never after {@link GroupObservation#close()}.
     *
     * @param cause why, usually {@link dev.coord.ClosedException} as the peer was closed
     */
    default void onEnd(CoordException cause) {}
}
