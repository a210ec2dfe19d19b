package dev.coord.recipes.sync;

import dev.coord.CoordException;
import java.util.Optional;

/**
 * Is told of a {@link SharedValue}: one call at a time, in order, on the peer's callback threads. A listener may block; it
 * delays only itself. If it throws, the error is logged and the observation goes on.
 *
 * @param <V> the values
 */
@FunctionalInterface
public interface ValueListener<V> {

    /**
     * Called first with the value of the moment, then once for each write and deletion.
     *
     * @param value the value, empty if there is none
     */
    void onValue(Optional<Versioned<V>> value);

    /**
     * Called instead of {@link #onValue} if there were writes whose history this peer has lost: with the value as it is
     * now. Does the same unless overridden.
     *
     * @param value the value, empty if there is none
     */
    default void onResync(Optional<Versioned<V>> value) {
        onValue(value);
    }

    /**
     * Called instead of {@link #onValue} if the codec cannot read what was written. Does nothing unless overridden.
     *
     * @param version the version
     * @param cause what the codec threw
     */
    default void onUndecodable(long version, RuntimeException cause) {}

    /**
     * Called once if the observation ends by an error, and never after {@link ValueObservation#close()}.
     *
     * @param cause why, usually {@link dev.coord.ClosedException} as the peer was closed
     */
    default void onEnd(CoordException cause) {}
}
