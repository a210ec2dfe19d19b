package dev.coord.recipes.lock;

/**
 * Who holds a lock. Immutable.
 *
 * @param holder the text given with {@link DistributedLock#withHolder}, or the empty string
 * @param fencingToken the token of the grant
 * @param owner the owner given with {@link DistributedLock#withOwner}, or the empty string
 */
public record LockInfo(String holder, long fencingToken, String owner) {

    /**
     * Creates the information on a holder without an owner.
     *
     * @param holder the text
     * @param fencingToken the token of the grant
     */
    public LockInfo(String holder, long fencingToken) {
        this(holder, fencingToken, "");
    }
}
