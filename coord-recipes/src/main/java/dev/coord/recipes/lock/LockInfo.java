package dev.coord.recipes.lock;

/**
 * Who holds a lock. Immutable.
 *
 * @param holder the text given with {@link DistributedLock#withHolder}, or the empty string
 * @param fencingToken the token of the grant
 */
public record LockInfo(String holder, long fencingToken) {}
