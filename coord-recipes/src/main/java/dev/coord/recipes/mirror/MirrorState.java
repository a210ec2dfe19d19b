package dev.coord.recipes.mirror;

import dev.coord.CoordException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All there is to a mirror at a moment: replaced as a whole, so that a listener that is added gets one state and every
 * change after it. Immutable.
 *
 * @param snapshot the newest state, null before the first
 * @param listeners who is told
 * @param end why the mirror has ended, null while it runs
 * @param closed whether it was closed
 */
record MirrorState<V>(
        @Nullable MirrorSnapshot<V> snapshot,
        List<MirrorSubscription<V>> listeners,
        @Nullable CoordException end,
        boolean closed) {
    static final int MAX_LISTENERS = 1000;

    static <V> MirrorState<V> initial() {
        return new MirrorState<>(null, List.of(), null, false);
    }

    MirrorState<V> with(MirrorSnapshot<V> next) {
        return new MirrorState<>(next, listeners, end, closed);
    }

    /**
     * Everything up to the revision was delivered, so the present keys are those of that revision. A listener's call of the
     * watch that is in progress meanwhile is of a later one.
     */
    MirrorState<V> reached(long revision) {
        return snapshot == null || snapshot.revision() >= revision ? this : with(snapshot.at(revision));
    }

    MirrorState<V> with(MirrorSubscription<V> added) {
        if (listeners.size() >= MAX_LISTENERS) {
            throw new IllegalStateException("a mirror has at most " + MAX_LISTENERS + " listeners; close some");
        }
        List<MirrorSubscription<V>> more =
                Stream.concat(listeners.stream(), Stream.of(added)).toList();
        return new MirrorState<>(snapshot, more, end, closed);
    }

    MirrorState<V> without(MirrorSubscription<V> gone) {
        List<MirrorSubscription<V>> fewer =
                listeners.stream().filter(listener -> listener != gone).toList();
        return new MirrorState<>(snapshot, fewer, end, closed);
    }

    MirrorState<V> ended(CoordException cause) {
        return new MirrorState<>(snapshot, listeners, cause, closed);
    }

    MirrorState<V> closed(CoordException cause) {
        return new MirrorState<>(snapshot, listeners, cause, true);
    }

    @Override
    public String toString() {
        return (snapshot == null ? "not ready" : snapshot.toString()) + (end == null ? "" : ", ended: " + end);
    }
}
