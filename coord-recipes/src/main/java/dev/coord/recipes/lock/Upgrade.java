package dev.coord.recipes.lock;

import java.util.Optional;

/**
 * What came of the attempt to {@linkplain ReadLockHandle#tryUpgrade upgrade}. Immutable.
 *
 * @param outcome in a word
 * @param handle the lock held to write, if it was upgraded
 */
public record Upgrade(Outcome outcome, Optional<WriteLockHandle> handle) {

    /** How an upgrade ends. */
    public enum Outcome {
        /** The lock is held to write. */
        UPGRADED,
        /** Other readers stayed for as long as the caller was ready to wait. The lock is held to read. */
        READERS_STAYED,
        /** Another reader is upgrading, and waits for this one to let go. The lock is held to read. */
        ANOTHER_UPGRADES
    }
}
