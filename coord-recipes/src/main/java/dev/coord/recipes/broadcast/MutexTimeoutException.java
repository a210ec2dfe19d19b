package dev.coord.recipes.broadcast;

import dev.coord.CoordException;
import java.time.Duration;
import java.util.Set;

/** A {@link LamportMutex} was not granted for as long as the caller was ready to wait. Nothing is held. */
public final class MutexTimeoutException extends CoordException {
    private static final long serialVersionUID = 1L;

    /** Immutable, and written with the exception as the JDK's immutable sets are. */
    @SuppressWarnings("serial")
    private final Set<String> blockedBy;

    MutexTimeoutException(String mutex, Duration patience, Set<String> blockedBy) {
        super(
                Outcome.NOT_APPLIED,
                mutex + " was not granted in " + patience + "; it waited for " + blockedBy
                        + ", of whom one holds it, is dead, cut off or slow",
                null);
        this.blockedBy = Set.copyOf(blockedBy);
    }

    /**
     * Returns whom the request waited for in the end.
     *
     * @return their ids; see {@link LamportMutex#blockedBy()}
     */
    public Set<String> blockedBy() {
        return blockedBy;
    }
}
