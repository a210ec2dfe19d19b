package dev.coord.recipes.sync;

/**
 * A value with its version.
 *
 * @param <V> the values
 * @param value the value
 * @param version the revision that wrote it, positive: it grows with every write and is never used again, also not after
 *     the value was deleted
 */
public record Versioned<V>(V value, long version) {}
