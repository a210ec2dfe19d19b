package dev.coord.raft.internal.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An entry was not appended, or its fate is unknown. */
public final class AppendException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean mayCommit;
    private final @Nullable String leader;

    /**
     * Creates the error.
     *
     * @param message what happened
     * @param mayCommit whether the entry may be in the log, so that it may still commit
     * @param leader the leader as far as known, null if not known
     */
    public AppendException(String message, boolean mayCommit, @Nullable String leader) {
        super(message);
        this.mayCommit = mayCommit;
        this.leader = leader;
    }

    /** Whether the entry may still commit; false if it surely never will. */
    public boolean mayCommit() {
        return mayCommit;
    }

    /** The id of the leader, as far as known. */
    public @Nullable String leader() {
        return leader;
    }
}
