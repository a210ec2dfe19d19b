package dev.coord.recipes.assignment;

/**
 * Who owns a partition. Immutable.
 *
 * @param member the name of the member
 * @param fencingToken the token of its ownership
 */
public record OwnerInfo(String member, long fencingToken) {}
