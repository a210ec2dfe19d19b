package dev.coord.recipes.election;

/**
 * Who leads. Immutable.
 *
 * @param candidate what the elected leader says of itself, as given to its campaign or last proclaimed
 * @param term the number of its leadership; later leaderships of the election have greater ones
 */
public record LeaderInfo(String candidate, long term) {}
