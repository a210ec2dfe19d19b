package dev.coord.recipes.mirror;

import dev.coord.kv.Entry;

/**
 * A key of a mirror with its decoded value. Immutable, if the value is.
 *
 * @param <V> the values
 * @param entry the entry of the store, which is shared with the peer's replica
 * @param value its value, decoded once when it arrived
 */
public record MirrorEntry<V>(Entry entry, V value) {

    /**
     * Returns the key.
     *
     * @return the key
     */
    public String key() {
        return entry.key();
    }
}
