package dev.coord.recipes.queue;

import dev.coord.kv.Value;

/**
 * An item that was delivered as often as allowed and not acknowledged, or that the codec could not read. Immutable.
 *
 * @param id the item's id
 * @param payload what was put, encoded
 */
public record DeadItem(String id, Value payload) {}
