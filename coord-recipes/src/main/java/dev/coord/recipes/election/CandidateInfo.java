package dev.coord.recipes.election;

/**
 * Somebody who stands for election and does not lead. Immutable.
 *
 * @param id its name in the election, which no other campaign has or had
 * @param candidate what it says of itself, as given to its campaign
 * @param priority who has more is elected first
 * @param since the revision at which it began to stand; among those of one priority, the least is elected first
 */
public record CandidateInfo(String id, String candidate, int priority, long since) {}
