package dev.coord.recipes.mirror;

import dev.coord.CoordException;
import java.util.List;

/**
 * Is told what a mirror holds: first the state, then each revision's changes, in order, none split, doubled or left out
 * without a word; one call at a time, on the executor that was given with the listener or else on the peer's callback
 * threads. A listener may block, and may use the mirror and Coord (on a simulated cluster by {@code …Async} forms only); it
 * delays only itself. If it throws, the error is logged and the next call comes as if it had not.
 *
 * <p>One that only implements {@link #onChange} knows at each call the state after it: it is told the first state as
 * additions, and after a resync the net changes.
 *
 * @param <V> the values
 */
@FunctionalInterface
public interface MirrorListener<V> {

    /**
     * Called first, once, with what the mirror holds at that moment.
     *
     * @param state the state, perhaps empty
     */
    default void onState(MirrorSnapshot<V> state) {
        onChange(state, state.changesSince(MirrorSnapshot.empty()));
    }

    /**
     * Called for each revision that changed a key that was or is decoded.
     *
     * @param state the state after the changes; its revision is theirs
     * @param changes what the revision changed, in key order; not empty, but for the first state if that is
     */
    void onChange(MirrorSnapshot<V> state, List<MirrorChange<V>> changes);

    /**
     * Called instead of changes that cannot be told one by one any more.
     *
     * @param before the last state that this listener was told
     * @param now the state; changes after it follow
     * @param cause why
     */
    default void onResync(MirrorSnapshot<V> before, MirrorSnapshot<V> now, ResyncCause cause) {
        List<MirrorChange<V>> net = now.changesSince(before);
        if (!net.isEmpty()) {
            onChange(now, net);
        }
    }

    /**
     * Called for an entry that is left out, before the change or state that leaves it out.
     *
     * @param undecodable the entry, and what the codec threw
     */
    default void onUndecodable(Undecodable undecodable) {}

    /**
     * Called once, last, if the mirror ends by an error; never after a {@code close()}.
     *
     * @param cause why, usually {@link dev.coord.ClosedException} as the peer or its handle was closed
     */
    default void onEnd(CoordException cause) {}
}
