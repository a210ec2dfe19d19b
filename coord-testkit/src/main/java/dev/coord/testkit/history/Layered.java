package dev.coord.testkit.history;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A map that only grows, in two layers: one that all copies share, and what each has of its own. So a copy costs as much as
 * happened since {@link #settle}, not as all that ever happened.
 */
final class Layered<K, V> {
    private final Map<K, V> shared;
    private final Map<K, V> own;

    Layered() {
        this(new HashMap<>(), new HashMap<>());
    }

    private Layered(Map<K, V> shared, Map<K, V> own) {
        this.shared = shared;
        this.own = own;
    }

    Layered<K, V> copy() {
        return new Layered<>(shared, new HashMap<>(own));
    }

    /** Moves all to the layer that is shared: only for the one copy that is still in use. */
    void settle() {
        shared.putAll(own);
        own.clear();
    }

    @Nullable
    V get(K key) {
        V value = own.get(key);
        return value == null ? shared.get(key) : value;
    }

    boolean has(K key) {
        return own.containsKey(key) || shared.containsKey(key);
    }

    void put(K key, V value) {
        own.put(key, value);
    }

    /** The keys that only one of two copies has. */
    Set<K> inOneOf(Layered<K, V> other) {
        Set<K> either = new HashSet<>(own.keySet());
        either.addAll(other.own.keySet());
        either.removeIf(key -> has(key) && other.has(key));
        return either;
    }
}
