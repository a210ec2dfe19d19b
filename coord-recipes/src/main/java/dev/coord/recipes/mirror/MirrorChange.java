package dev.coord.recipes.mirror;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of one key. Immutable.
 *
 * @param <V> the values
 * @param key the key
 * @param after the key as it is then; null if it was deleted, or written with what cannot be decoded
 * @param before the key as the mirror had it before; null if it had not
 */
public record MirrorChange<V>(
        String key,
        @Nullable MirrorEntry<V> after,
        @Nullable MirrorEntry<V> before) {

    /**
     * Creates a change.
     *
     * @throws IllegalArgumentException if the key is neither there before nor after
     */
    public MirrorChange {
        if (after == null && before == null) {
            throw new IllegalArgumentException("no change: key " + key + " is absent before and after");
        }
    }

    /**
     * Returns the value after the change.
     *
     * @return the value, empty if the key is gone
     */
    public Optional<V> value() {
        return Optional.ofNullable(after).map(MirrorEntry::value);
    }

    /**
     * Returns the value before the change.
     *
     * @return the value, empty if the key is new to the mirror
     */
    public Optional<V> previous() {
        return Optional.ofNullable(before).map(MirrorEntry::value);
    }

    /**
     * Tells whether the key is new to the mirror.
     *
     * @return true if it was absent before
     */
    public boolean isAdded() {
        return before == null;
    }

    /**
     * Tells whether the key is gone from the mirror.
     *
     * @return true if it is absent after
     */
    public boolean isRemoved() {
        return after == null;
    }

    /**
     * Tells whether the key was deleted and created anew in between. Possible only where several revisions are told as one,
     * as after a {@linkplain MirrorListener#onResync resync}.
     *
     * @return true if it is there before and after, in two different lives
     */
    public boolean isRecreated() {
        return before != null
                && after != null
                && before.entry().createRevision() != after.entry().createRevision();
    }
}
