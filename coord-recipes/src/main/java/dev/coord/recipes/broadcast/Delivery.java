package dev.coord.recipes.broadcast;

import dev.coord.kv.Value;

/**
 * A message that is delivered.
 *
 * @param sender the member that broadcast it, which may be this one
 * @param payload what it broadcast
 */
public record Delivery(String sender, Value payload) {}
