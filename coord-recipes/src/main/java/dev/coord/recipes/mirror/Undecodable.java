package dev.coord.recipes.mirror;

import dev.coord.kv.Entry;

/**
 * An entry that the codec could not decode, and that a mirror therefore leaves out. Immutable.
 *
 * @param entry the entry of the store
 * @param error what the codec threw
 */
public record Undecodable(Entry entry, RuntimeException error) {}
