package dev.coord.testkit.history;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A map that only grows, in two layers: one that all copies share, and what each has of its own. So a copy costs as much as
 * the copies differ in, if they are {@linkplain #settle settled} now and then, not as all that ever happened.
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

    /** Moves what all copies that are still in use agree on to the layer that they share. */
    static <K, V> void settle(List<Layered<K, V>> copies) {
        Layered<K, V> first = copies.get(0);
        Map<K, V> common = new HashMap<>(first.own);
        for (Layered<K, V> copy : copies) {
            common.entrySet().removeIf(entry -> !entry.getValue().equals(copy.own.get(entry.getKey())));
        }
        first.shared.putAll(common);
        copies.forEach(copy -> copy.own.keySet().removeAll(common.keySet()));
    }

    /** How much it has of its own. */
    int ownSize() {
        return own.size();
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
